using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    /// <summary>The most keys of a device, or of a table on it, that one statement may search for keys to delete.</summary>
    private const int KeysAtOnce = 1_000;

    /// <summary>The number of keys that one step deletes.</summary>
    private const int DeletedAtOnce = 500;

    /// <summary>Deletes keys by one statement.</summary>
    /// <returns>The number of deleted keys; null when the statement would have to search too many keys, and nothing was deleted.</returns>
    private static int? TryDeleteKeys(SqlWriteSession session, KeyFilter filter)
    {
        if (session.FindDevice(filter.Device) is not { } device)
        {
            return 0;
        }

        (string, SqlValue) ofDevice = ("@device", device), name = ("@name", filter.Name), limit = ("@limit", KeysAtOnce + 1);
        if (filter.Table is null)
        {
            return session.Prepared(Statements.CountKeys()).Number(ofDevice, limit) > KeysAtOnce
                ? null
                : session.Prepared(Statements.DeleteKeys).Execute(ofDevice, name);
        }

        if (session.FindTable(filter.Table) is not { } table)
        {
            return 0;
        }

        (string, SqlValue) inTable = ("@table", table);
        if (filter.RecordId is { } record)
        {
            return session.Prepared(Statements.DeleteKeys + Statements.InTable + Statements.OnRecord)
                .Execute(ofDevice, name, inTable, ("@record", record));
        }

        return session.Prepared(Statements.CountKeys(Statements.InTable)).Number(ofDevice, inTable, limit) > KeysAtOnce
            ? null
            : session.Prepared(Statements.DeleteKeys + Statements.InTable).Execute(ofDevice, name, inTable);
    }

    private static (long Device, List<(long Id, int Table, int Record)> Keys) FindKeysToDelete(
        SqlSession session, KeyFilter filter, (int Table, int Record) after)
    {
        var keys = new List<(long Id, int Table, int Record)>();
        var device = session.Prepared(Statements.FindDeviceId)
            .Number(("@app", filter.Device.Application), ("@device", filter.Device.Device), ("@identifier", filter.Device.Identifier!));
        var table = filter.Table is null ? null : session.FindTable(filter.Table);
        if (device is null || (filter.Table is not null && table is null))
        {
            return (0, keys);
        }

        (string, SqlValue)[] arguments =
            [("@device", device.Value), ("@name", filter.Name), ("@after_record", after.Record), ("@limit", DeletedAtOnce)];
        using var row = table is { } number
            ? session.Prepared(Statements.KeysOfNameInTable).Query([.. arguments, ("@table", number)])
            : session.Prepared(Statements.KeysOfName).Query([.. arguments, ("@after_table", after.Table)]);
        while (row.Read())
        {
            keys.Add((row.GetInt64(0), row.GetInt32(1), row.GetInt32(2)));
        }

        return (device.Value, keys);
    }

    /// <summary>Deletes from device to device of the name. A device without such keys costs reads only.</summary>
    private async Task<int> DeleteKeysOfDevicesAsync(KeyFilter filter, CancellationToken cancellationToken)
    {
        var deleted = 0;
        var query = new KeyQuery(filter.Device.Application, filter.Device.Device);
        for (var devices = new List<long> { 0 }; devices.Count > 0;)
        {
            var after = devices[^1];
            devices = await ReadAsync(session => ListDeviceIds(session, query, after), cancellationToken).ConfigureAwait(false);
            foreach (var id in devices)
            {
                if (await FindDeviceAsync((int)id, cancellationToken).ConfigureAwait(false) is { } device)
                {
                    var address = filter.Device with { Identifier = device.Identifier };
                    deleted += await DeleteManyKeysAsync(filter with { Device = address }, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return deleted;
    }

    /// <summary>Finds keys by reads and deletes them in steps, so that saves get in between.</summary>
    private async Task<int> DeleteManyKeysAsync(KeyFilter filter, CancellationToken cancellationToken)
    {
        var deleted = 0;
        for (var after = (int.MinValue, -1); ;)
        {
            var position = after;
            var (device, keys) = await ReadAsync(session => FindKeysToDelete(session, filter, position), cancellationToken)
                .ConfigureAwait(false);
            if (keys.Count == 0)
            {
                return deleted;
            }

            deleted += await WriteAsync(
                session => session.FindDevice(filter.Device) == device
                    ? keys.Sum(key => session.Prepared(Statements.DeleteKey).Execute(("@id", key.Id), ("@device", device)))
                    : 0,
                cancellationToken).ConfigureAwait(false);
            after = (keys[^1].Table, keys[^1].Record);
        }
    }
}
