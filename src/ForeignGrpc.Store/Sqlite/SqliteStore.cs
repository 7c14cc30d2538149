using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The store in a SQLite file: one writer that commits in groups, and a pool of readers.</summary>
public sealed class SqliteStore : IForeignSystemStore
{
    private readonly SqliteReaders _readers;
    private readonly GroupCommitWriter _writer;
    private readonly TableNames _tables = new();
    private readonly bool _acceptUnknownTables;

    private SqliteStore(SqliteDatabase database, StoreOptions options, TimeProvider time)
    {
        _acceptUnknownTables = options.AcceptUnknownTables;
        _readers = new SqliteReaders(database.ConnectReader, options.Readers);
        _writer = new GroupCommitWriter(
            new SqliteWriteSession(database.ConnectWriter(), time), options.WriteQueueCapacity, options.MaxBatch);
    }

    /// <summary>Opens the file that the connection string names, creates it when it is not there, and brings it to the newest schema.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators; the file is left untouched.</exception>
    public static SqliteStore Open(StoreOptions options, TimeProvider time) =>
        new(SqliteDatabase.Open(options.ConnectionString), options, time);

    public Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, string by, CancellationToken cancellationToken) =>
        _writer.WriteAsync(session => SaveKey(session, address, value, by), cancellationToken);

    public ValueTask<StoredKey?> FindKeyAsync(KeyAddress address, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindKey(session, address), cancellationToken);

    public Task<int> DeleteKeysAsync(KeyFilter filter, CancellationToken cancellationToken) =>
        _writer.WriteAsync(session => DeleteKeys(session, filter), cancellationToken);

    public ValueTask<User?> FindUserAsync(string name, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindUser(session, name), cancellationToken);

    public Task AddUserAsync(User user, CancellationToken cancellationToken) =>
        _writer.WriteAsync(session => AddUser(session, user), cancellationToken);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _readers.ReadAsync(session => session.Prepared(SqliteSql.Check).Number(), cancellationToken).ConfigureAwait(false);
        await _writer.WriteAsync(session => session.Prepared(SqliteSql.Check).Number(), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
    }

    private static int DeleteKeys(SqliteWriteSession session, KeyFilter filter)
    {
        if (session.FindDevice(filter.Device) is not { } device)
        {
            return 0;
        }

        if (filter.Table is null)
        {
            return session.Prepared(SqliteSql.DeleteKeys).Execute(("@device", device), ("@name", filter.Name));
        }

        if (session.FindTable(filter.Table) is not { } table)
        {
            return 0;
        }

        return filter.RecordId is { } record
            ? session.Prepared(SqliteSql.DeleteKeys + SqliteSql.InTable + SqliteSql.OnRecord)
                .Execute(("@device", device), ("@name", filter.Name), ("@table", table), ("@record", record))
            : session.Prepared(SqliteSql.DeleteKeys + SqliteSql.InTable)
                .Execute(("@device", device), ("@name", filter.Name), ("@table", table));
    }

    private static User? FindUser(SqliteSession session, string name)
    {
        using var row = session.Prepared(SqliteSql.FindUser).Query(("@name", name));
        return row.Read()
            ? new User(row.GetString(0), row.GetString(1), (UserRole)row.GetInt32(2), row.GetString(3), row.GetBoolean(4))
            : null;
    }

    private static bool AddUser(SqliteWriteSession session, User user)
    {
        var added = session.Prepared(SqliteSql.AddUser).Execute(
            ("@name", user.Name),
            ("@full_name", user.FullName),
            ("@role", (int)user.Role),
            ("@password_hash", user.PasswordHash),
            ("@development_only", user.DevelopmentOnly));
        return added == 1 ? true : throw new StoreException(StoreError.AlreadyExists, $"There is a user '{user.Name}' already.");
    }

    private static DateTimeOffset Instant(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private StoredKey SaveKey(SqliteWriteSession session, KeyAddress address, string value, string by)
    {
        var now = session.Now();
        var person = session.FindOrAddPerson(by);
        var device = session.FindOrAddDevice(address.Device, now, person);
        var table = _acceptUnknownTables
            ? session.FindOrAddTable(address.Record.Table)
            : session.FindTable(address.Record.Table) ?? throw new StoreException(
                StoreError.UnknownTable, $"'{address.Record.Table}' is no documented table name, and this server takes no others.");
        using var row = session.Prepared(SqliteSql.SaveKey).Query(
            ("@device", device),
            ("@table", table),
            ("@record", address.Record.Id),
            ("@name", address.Name),
            ("@value", value),
            ("@now", now),
            ("@person", person));
        row.Read();
        return new StoredKey(
            address.Name,
            value,
            address.Record with { Table = session.TableName(table) },
            new Stamp(Instant(row.GetInt64(0)), row.GetString(1)),
            new Stamp(Instant(now), by));
    }

    private StoredKey? FindKey(SqliteSession session, KeyAddress address)
    {
        if (_tables.FindNumber(session, address.Record.Table) is not { } table)
        {
            return null;
        }

        (string, object)[] arguments =
        [
            ("@app", address.Device.Application),
            ("@device", address.Device.Device),
            ("@table", table),
            ("@record", address.Record.Id),
            ("@name", address.Name),
        ];
        using var row = address.Device.Identifier is { } identifier
            ? session.Prepared(SqliteSql.FindKey).Query([.. arguments, ("@identifier", identifier)])
            : session.Prepared(SqliteSql.FindKeyOnAnyDevice + SqliteSql.OldestKeyFirst).Query(arguments);
        return row.Read() ? ReadKey(session, row) : null;
    }

    private StoredKey ReadKey(SqliteSession session, SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new RecordRef(_tables.Name(session, row.GetInt32(2)), row.GetInt32(3)),
        new Stamp(Instant(row.GetInt64(4)), row.GetString(5)),
        new Stamp(Instant(row.GetInt64(6)), row.GetString(7)));
}
