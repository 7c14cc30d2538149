using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Saves a batch of keys by one statement, which commits by itself. It caches the ids of devices. Another server may have renamed or
/// deleted a device since, so the statement checks the names. A transaction finds or creates the missing devices, and saves their keys.
/// </summary>
/// <param name="session">The session. The batch writer is its only user.</param>
/// <param name="registry">Gives table names their numbers.</param>
internal sealed class KeyBatchWriter(SqlWriteSession session, TableRegistry registry)
{
    private readonly BoundedCache<DeviceAddress, long> _devices = NameCaches.Devices();

    /// <summary>Saves the keys whose device, table and person are known, by one statement.</summary>
    /// <returns>The keys that were not saved.</returns>
    public List<QueuedKeySave> SaveKnown(IReadOnlyList<QueuedKeySave> saves)
    {
        var names = new Dictionary<long, DeviceAddress>();
        return Save(saves.ToLookup(save => FindKey(save, names)));
    }

    /// <summary>Saves the keys with their missing tables, persons and devices. Call this in a transaction.</summary>
    public void SaveAll(IReadOnlyList<QueuedKeySave> saves)
    {
        for (var rest = saves.Where(HasTable).ToList(); rest.Count > 0;)
        {
            // It repeats only if another server deletes or renames devices in between.
            FindOrAddDevices(rest);
            rest = SaveKnown(rest);
        }
    }

    /// <summary>
    /// Finds the saves that would have to wait, because another transaction has locked their key, device or application. Waits for no lock.
    /// </summary>
    public List<QueuedKeySave> FindLocked(IReadOnlyList<QueuedKeySave> saves)
    {
        var locked = new HashSet<QueuedKeySave>();
        foreach (var sql in KeyBatchStatements.FindLocked)
        {
            using var row = session.Prepared(sql).Query(
                ("@apps", saves.Select(save => save.Address.Device.Application).ToArray()),
                ("@device_names", saves.Select(save => save.Address.Device.Device).ToArray()),
                ("@identifiers", saves.Select(save => save.Address.Device.Identifier!).ToArray()),
                ("@tables", saves.Select(save => (long)(session.FindTable(save.Address.Record.Table) ?? int.MinValue)).ToArray()),
                ("@records", saves.Select(save => (long)save.Address.Record.Id).ToArray()),
                ("@names", saves.Select(save => save.Address.Name).ToArray()));
            while (row.Read())
            {
                locked.Add(saves[(int)row.GetInt64(0) - 1]);
            }
        }

        return [.. locked];
    }

    /// <summary>Clears the cache of devices, some of which may have been rolled back.</summary>
    public void Forget() => _devices.Clear();

    /// <summary>Finds the ids that identify a key; null when one is not known.</summary>
    /// <param name="save">The key.</param>
    /// <param name="names">The names of the devices that the statement checks. A renamed device may be cached under several names, of which
    /// at most one is right.</param>
    private Key? FindKey(QueuedKeySave save, Dictionary<long, DeviceAddress> names)
    {
        if (_devices.TryGet(save.Address.Device, out var device)
            && session.FindTable(save.Address.Record.Table) is { } table
            && session.FindPerson(save.Author) is not null
            && (names.TryAdd(device, save.Address.Device) || names[device] == save.Address.Device))
        {
            return new Key(device, table, save.Address.Record.Id, save.Address.Name);
        }

        return null;
    }

    /// <summary>Registers the table of a key if it is new. Fails the save when the settings allow no such table.</summary>
    private bool HasTable(QueuedKeySave save)
    {
        try
        {
            registry.FindOrAdd(session, save.Address.Record.Table, session.FindOrAddPerson(save.Author));
            return true;
        }
        catch (StoreException e) when (e.Error == StoreError.UnknownTable)
        {
            save.Fail(e);
            return false;
        }
    }

    private void FindOrAddDevices(List<QueuedKeySave> saves)
    {
        // The person of the first key creates the device.
        var creators = saves.DistinctBy(save => save.Address.Device)
            .ToDictionary(save => save.Address.Device, save => session.FindOrAddPerson(save.Author));
        FindDevicesOf(creators.Keys);
        var missing = creators.Where(device => !_devices.TryGet(device.Key, out _)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        var now = session.Now();
        var apps = missing.DistinctBy(device => device.Key.Application)
            .OrderBy(device => device.Key.Application, StringComparer.Ordinal).ToArray();
        session.Prepared(KeyBatchStatements.AddApps).Execute(
            ("@now", now),
            ("@apps", Array.ConvertAll(apps, device => device.Key.Application)),
            ("@people", Array.ConvertAll(apps, device => device.Value)));
        session.Prepared(KeyBatchStatements.AddDevices).Execute(
            ("@now", now),
            ("@apps", Array.ConvertAll(missing, device => device.Key.Application)),
            ("@names", Array.ConvertAll(missing, device => device.Key.Device)),
            ("@identifiers", Array.ConvertAll(missing, device => device.Key.Identifier!)),
            ("@people", Array.ConvertAll(missing, device => device.Value)));
        session.Prepared(KeyBatchStatements.NoteChanges).Execute(("@apps", Array.ConvertAll(apps, device => device.Key.Application)));
        FindDevicesOf(missing.Select(device => device.Key));
    }

    /// <summary>Updates the cached ids of devices, and removes missing devices from the cache.</summary>
    private void FindDevicesOf(IEnumerable<DeviceAddress> devices)
    {
        var asked = devices.ToArray();
        Array.ForEach(asked, _devices.Remove);
        using var row = session.Prepared(KeyBatchStatements.FindDevices).Query(
            ("@apps", Array.ConvertAll(asked, device => device.Application)),
            ("@names", Array.ConvertAll(asked, device => device.Device)),
            ("@identifiers", Array.ConvertAll(asked, device => device.Identifier!)));
        while (row.Read())
        {
            _devices.Set(asked[row.GetInt64(0) - 1], row.GetInt64(1));
        }
    }

    /// <summary>Saves keys by one statement. Of several saves of a key, the first creates it and the value of the last one stays.</summary>
    /// <returns>The saves that were not done: their key is null, or no device has the name.</returns>
    private List<QueuedKeySave> Save(ILookup<Key?, QueuedKeySave> saves)
    {
        var rest = saves[null].ToList();
        var keys = saves.Where(key => key.Key is not null).OrderBy(key => key.Key!.Value).ToArray();
        if (keys.Length == 0)
        {
            return rest;
        }

        var now = session.Now();
        var created = SaveOnce(keys, now);
        foreach (var key in keys)
        {
            if (created.TryGetValue(key.Key!.Value, out var stamp))
            {
                foreach (var save in key)
                {
                    var record = save.Address.Record with { Table = session.TableName(key.Key.Value.Table) };
                    var updated = new AuditStamp(Instants.FromMicroseconds(now), save.Author);
                    save.Result = new StoredKey(save.Address.Name, save.Value, record, stamp, updated);
                }
            }
            else
            {
                rest.AddRange(key);
            }
        }

        return rest;
    }

    /// <returns>The saved keys, and when and by whom each was first saved.</returns>
    private Dictionary<Key, AuditStamp> SaveOnce(IGrouping<Key?, QueuedKeySave>[] keys, long now)
    {
        var devices = keys.DistinctBy(key => key.Key!.Value.Device).ToArray();
        long HashOf(IGrouping<Key?, QueuedKeySave> key) =>
            ValueHash.Of(key.Key!.Value.Device, key.Key.Value.Table, key.Key.Value.Name, key.Last().Value);
        var created = new Dictionary<Key, AuditStamp>(keys.Length);
        using var row = session.Prepared(KeyBatchStatements.SaveKeys).Query(
            ("@ids", Array.ConvertAll(devices, key => key.Key!.Value.Device)),
            ("@apps", Array.ConvertAll(devices, key => key.First().Address.Device.Application)),
            ("@device_names", Array.ConvertAll(devices, key => key.First().Address.Device.Device)),
            ("@identifiers", Array.ConvertAll(devices, key => key.First().Address.Device.Identifier!)),
            ("@now", now),
            ("@devices", Array.ConvertAll(keys, key => key.Key!.Value.Device)),
            ("@tables", Array.ConvertAll(keys, key => (long)key.Key!.Value.Table)),
            ("@records", Array.ConvertAll(keys, key => (long)key.Key!.Value.Record)),
            ("@names", Array.ConvertAll(keys, key => key.Key!.Value.Name)),
            ("@values", Array.ConvertAll(keys, key => key.Last().Value)),
            ("@hashes", Array.ConvertAll(keys, HashOf)),
            ("@creators", Array.ConvertAll(keys, key => session.FindOrAddPerson(key.First().Author))),
            ("@updaters", Array.ConvertAll(keys, key => session.FindOrAddPerson(key.Last().Author))));
        while (row.Read())
        {
            created[new Key(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetString(3))] =
                new AuditStamp(Instants.FromMicroseconds(row.GetInt64(4)), session.Author(row.GetInt64(5)));
        }

        return created;
    }

    /// <summary>The ids that identify a key. Keys are saved in their order, so that two servers cannot deadlock.</summary>
    private readonly record struct Key(long Device, int Table, int Record, string Name) : IComparable<Key>
    {
        public int CompareTo(Key other) =>
            Device != other.Device ? Device.CompareTo(other.Device)
            : Table != other.Table ? Table.CompareTo(other.Table)
            : Record != other.Record ? Record.CompareTo(other.Record)
            : string.CompareOrdinal(Name, other.Name);
    }
}
