using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public virtual Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, Author author, CancellationToken cancellationToken) =>
        WriteAsync(session => SaveKey(session, address, value, author), cancellationToken, setsOwnSavepoint: true);

    public async Task<StoredKey> ChangeKeyAsync(
        KeyAddress address, Func<StoredKey?, string> change, Author author, CancellationToken cancellationToken) =>
        await _turns.ChangeAsync(
            address, () => TryChangeKeyAsync(address, change, author, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? throw ChangedByOthers();

    public ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken) => ReadAsync(
        session => session.FindTable(address.Record.Table) is { } table ? FindKey(session, address, table) : null, cancellationToken);

    public async Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken) => filter.Device.Identifier is null
        ? await DeleteKeysOfDevicesAsync(filter, cancellationToken).ConfigureAwait(false)
        : await WriteAsync(session => TryDeleteKeys(session, filter), cancellationToken).ConfigureAwait(false)
            ?? await DeleteManyKeysAsync(filter, cancellationToken).ConfigureAwait(false);

    public ValueTask<StoredKey?> FindKeyByValueAsync(
        DeviceAddress device, string name, string table, string value, string caller, CancellationToken cancellationToken) =>
        ReadAsync(session => session.InSnapshot(() => FindKeyByValue(session, device, name, table, value)), cancellationToken, caller);

    /// <returns>The saved key; null when another change came in between, and nothing was changed.</returns>
    private async Task<StoredKey?> TryChangeKeyAsync(
        KeyAddress address, Func<StoredKey?, string> change, Author author, CancellationToken cancellationToken)
    {
        var before = await FindKeyAsync(address, cancellationToken).ConfigureAwait(false);
        var value = change(before);
        return before?.Value == value
            ? before
            : await WriteAsync(
                session =>
                {
                    var now = session.FindTable(address.Record.Table) is { } table ? FindKey(session, address, table, locked: true) : null;
                    return now == before ? SaveKey(session, address, value, author) : null;
                },
                cancellationToken).ConfigureAwait(false);
    }

    private protected StoredKey SaveKey(SqlWriteSession session, KeyAddress address, string value, Author author)
    {
        var now = session.Now();
        var person = session.FindOrAddPerson(author);
        var device = session.FindOrAddDevice(address.Device, now, person);
        var table = Registry.FindOrAdd(session, address.Record.Table, person);
        var hash = ValueHash.Of(device, table, address.Name, value);
        var updated = new AuditStamp(Instants.FromMicroseconds(now), author);
        var created = updated;
        (string, SqlValue) newValue = ("@value", value), newHash = ("@hash", hash), at = ("@now", now), who = ("@person", person);
        if (FindKeyToUpdate(session, device, table, address) is var (id, oldHash, firstSaved))
        {
            created = firstSaved;
            _ = oldHash == hash
                ? session.Prepared(Statements.UpdateKeyOfSameHash).Execute(("@id", id), newValue, at, who)
                : session.Prepared(Statements.UpdateKey).Execute(("@id", id), newValue, newHash, at, who);
        }
        else
        {
            (string, SqlValue) record = ("@record", address.Record.Id), name = ("@name", address.Name);
            session.Prepared(Statements.AddKey)
                .Execute(("@device", device), ("@table", table), record, name, newValue, newHash, at, who);
        }

        return new StoredKey(address.Name, value, address.Record with { Table = session.TableName(table) }, created, updated);
    }

    private static (long Id, long Hash, AuditStamp Created)? FindKeyToUpdate(SqlSession session, long device, int table, KeyAddress address)
    {
        using var row = session.Prepared(session.Connection.Dialect.ForUpdate(Statements.FindKeyToUpdate, "k"))
            .Query(("@device", device), ("@table", table), ("@record", address.Record.Id), ("@name", address.Name));
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1), ReadStamp(session, row, 2)) : null;
    }

    private static StoredKey? FindKey(SqlSession session, KeyAddress address, int table, bool locked = false)
    {
        (string, SqlValue)[] arguments =
        [
            ("@app", address.Device.Application),
            ("@device", address.Device.Device),
            ("@table", table),
            ("@record", address.Record.Id),
            ("@name", address.Name),
        ];
        using var row = address.Device.Identifier is { } identifier
            ? session.Prepared(locked ? session.Connection.Dialect.ForUpdate(Statements.KeyByIdentifier, "k") : Statements.KeyByIdentifier)
                .Query([.. arguments, ("@identifier", identifier)])
            : session.Prepared(Statements.OldestKeyByName).Query(arguments);
        return row.Read() ? ReadKey(session, row, address.Name, address.Record with { Table = session.TableName(table) }) : null;
    }

    /// <summary>Searches device by device, because the hash includes the device. Usually one device has the name.</summary>
    private static StoredKey? FindKeyByValue(SqlSession session, DeviceAddress device, string name, string table, string value)
    {
        if (session.FindTable(table) is not { } number)
        {
            return null;
        }

        (long Id, StoredKey Key)? oldest = null;
        var query = new KeyQuery(device.Application, device.Device, device.Identifier);
        for (var devices = new List<long> { 0 }; devices.Count > 0;)
        {
            devices = ListDeviceIds(session, query, devices[^1]);
            foreach (var id in devices)
            {
                (string, SqlValue) hash = ("@hash", ValueHash.Of(id, number, name, value));
                using var row = session.Prepared(Statements.KeysByValue)
                    .Query(hash, ("@device", id), ("@table", number), ("@name", name), ("@value", value));
                if (row.Read() && !(oldest?.Id < row.GetInt64(8)))
                {
                    oldest = (row.GetInt64(8), ReadKey(session, row));
                }
            }
        }

        return oldest?.Key;
    }

    private static StoredKey ReadKey(SqlSession session, Rows row)
    {
        var record = new RecordRef(session.TableName(row.GetInt32(2)), row.GetInt32(3));
        return ReadKey(session, row, row.GetString(0), record);
    }

    private static StoredKey ReadKey(SqlSession session, Rows row, string name, RecordRef record) =>
        new(name, row.GetString(1), record, ReadStamp(session, row, 4), ReadStamp(session, row, 6));

    private static AuditStamp ReadStamp(SqlSession session, Rows row, int column) =>
        new(Instants.FromMicroseconds(row.GetInt64(column)), session.Author(row.GetInt64(column + 1)));
}
