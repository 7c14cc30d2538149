using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Saves keys that came together by a few statements for all of them. No id of an application or device is remembered: the devices are looked
/// up by their names and locked against renaming and deletion, as another server may have done either since.
/// </summary>
/// <param name="session">Where, in a transaction.</param>
/// <param name="tableToSave">The number of a table to bind a key to; may refuse the name.</param>
internal sealed class KeySaver(SqlWriteSession session, Func<SqlWriteSession, string, int> tableToSave)
{
    private const string FindDevices =
        """
        SELECT i.position, d.id
        FROM unnest(@apps, @names, @identifiers) WITH ORDINALITY AS i (app, name, identifier, position)
        JOIN foreign_app a ON a.name = i.app JOIN foreign_device d ON d.app_id = a.id AND d.name = i.name AND d.identifier = i.identifier
        ORDER BY d.id FOR KEY SHARE OF a, d
        """;

    private const string AddApps =
        """
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by)
        SELECT i.app, @now, i.person, @now, i.person FROM unnest(@apps, @people) AS i (app, person)
        ON CONFLICT (name) DO NOTHING
        """;

    private const string AddDevices =
        """
        INSERT INTO foreign_device (app_id, name, identifier, created_at, created_by, updated_at, updated_by)
        SELECT a.id, i.name, i.identifier, @now, i.person, @now, i.person
        FROM unnest(@apps, @names, @identifiers, @people) AS i (app, name, identifier, person) JOIN foreign_app a ON a.name = i.app
        ORDER BY a.id, i.name, i.identifier
        ON CONFLICT (app_id, name, identifier) DO NOTHING
        """;

    private const string SaveKeys =
        """
        INSERT INTO foreign_key
          (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        SELECT i.device, i.tab, i.record, i.name, i.value, i.hash, @now, i.creator, @now, i.updater
        FROM unnest(@devices, @tables, @records, @names, @values, @hashes, @creators, @updaters)
          AS i (device, tab, record, name, value, hash, creator, updater)
        ON CONFLICT (device_id, table_id, record_id, name) DO UPDATE
        SET value = excluded.value, value_hash = excluded.value_hash, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        RETURNING device_id, table_id, record_id, name, created_at, created_by
        """;

    private readonly long _now = session.Now();

    /// <summary>Saves them all, but for those that are refused.</summary>
    public void Save(IReadOnlyList<KeySave> saves)
    {
        var tables = new Dictionary<string, int>(StringComparer.Ordinal);
        var accepted = saves.Where(save => IsTableKnown(save, tables)).ToList();
        if (accepted.Count == 0)
        {
            return;
        }

        var devices = FindOrAddDevices(accepted);
        var keys = accepted
            .GroupBy(save => new Key(devices[save.Address.Device], tables[save.Address.Record.Table], save.Address.Record.Id, save.Address.Name))
            .OrderBy(key => key.Key)
            .ToList();
        var stamps = SaveOncePerKey(keys);
        foreach (var key in keys)
        {
            foreach (var save in key)
            {
                var record = save.Address.Record with { Table = session.TableName(key.Key.Table) };
                save.Result = new StoredKey(
                    save.Address.Name, save.Value, record, stamps[key.Key], new Stamp(Instants.FromMicroseconds(_now), save.By));
            }
        }
    }

    private bool IsTableKnown(KeySave save, Dictionary<string, int> tables)
    {
        var name = save.Address.Record.Table;
        try
        {
            _ = tables.TryGetValue(name, out _) || tables.TryAdd(name, tableToSave(session, name));
            return true;
        }
        catch (StoreException e) when (e.Error == StoreError.UnknownTable)
        {
            save.Fail(e);
            return false;
        }
    }

    /// <summary>The ids of the devices, which hold until the transaction ends.</summary>
    private Dictionary<DeviceAddress, long> FindOrAddDevices(List<KeySave> saves)
    {
        // The first to bring a device is who creates it.
        var creators = new Dictionary<DeviceAddress, string>();
        saves.ForEach(save => creators.TryAdd(save.Address.Device, save.By));
        var found = new Dictionary<DeviceAddress, long>();
        FindInto(found, creators.Keys);
        while (found.Count < creators.Count)
        {
            // More than once only where another server deletes or renames them in between.
            var missing = creators.Where(device => !found.ContainsKey(device.Key)).ToList();
            Add(missing);
            FindInto(found, missing.Select(device => device.Key));
        }

        return found;
    }

    private void FindInto(Dictionary<DeviceAddress, long> found, IEnumerable<DeviceAddress> devices)
    {
        var asked = devices.ToArray();
        using var row = session.Prepared(FindDevices).Query(
            ("@apps", Array.ConvertAll(asked, device => device.Application)),
            ("@names", Array.ConvertAll(asked, device => device.Device)),
            ("@identifiers", Array.ConvertAll(asked, device => device.Identifier!)));
        while (row.Read())
        {
            found[asked[row.GetInt64(0) - 1]] = row.GetInt64(1);
        }
    }

    private void Add(List<KeyValuePair<DeviceAddress, string>> devices)
    {
        var apps = devices.DistinctBy(device => device.Key.Application).OrderBy(device => device.Key.Application, StringComparer.Ordinal).ToArray();
        session.Prepared(AddApps).Execute(
            ("@now", _now),
            ("@apps", Array.ConvertAll(apps, device => device.Key.Application)),
            ("@people", Array.ConvertAll(apps, device => session.FindOrAddPerson(device.Value))));
        session.Prepared(AddDevices).Execute(
            ("@now", _now),
            ("@apps", devices.Select(device => device.Key.Application).ToArray()),
            ("@names", devices.Select(device => device.Key.Device).ToArray()),
            ("@identifiers", devices.Select(device => device.Key.Identifier!).ToArray()),
            ("@people", devices.Select(device => session.FindOrAddPerson(device.Value)).ToArray()));
    }

    /// <summary>Of several saves of one key the first creates it, and the last one's value stays.</summary>
    /// <returns>When and by whom each was first saved.</returns>
    private Dictionary<Key, Stamp> SaveOncePerKey(List<IGrouping<Key, KeySave>> keys)
    {
        var stamps = new Dictionary<Key, Stamp>(keys.Count);
        using var row = session.Prepared(SaveKeys).Query(
            ("@now", _now),
            ("@devices", keys.Select(key => key.Key.Device).ToArray()),
            ("@tables", keys.Select(key => (long)key.Key.Table).ToArray()),
            ("@records", keys.Select(key => (long)key.Key.Record).ToArray()),
            ("@names", keys.Select(key => key.Key.Name).ToArray()),
            ("@values", keys.Select(key => key.Last().Value).ToArray()),
            ("@hashes", keys.Select(key => (long)ValueHash.Of(key.Key.Device, key.Key.Table, key.Key.Name, key.Last().Value)).ToArray()),
            ("@creators", keys.Select(key => session.FindOrAddPerson(key.First().By)).ToArray()),
            ("@updaters", keys.Select(key => session.FindOrAddPerson(key.Last().By)).ToArray()));
        while (row.Read())
        {
            stamps[new Key(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetString(3))] =
                new Stamp(Instants.FromMicroseconds(row.GetInt64(4)), session.PersonName(row.GetInt64(5)));
        }

        return stamps;
    }

    /// <summary>What identifies a key. In an order, so that two servers never wait for each other's keys.</summary>
    private readonly record struct Key(long Device, int Table, int Record, string Name) : IComparable<Key>
    {
        public int CompareTo(Key other) =>
            Device != other.Device ? Device.CompareTo(other.Device)
            : Table != other.Table ? Table.CompareTo(other.Table)
            : Record != other.Record ? Record.CompareTo(other.Record)
            : string.CompareOrdinal(Name, other.Name);
    }
}
