using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// The writer's session. It remembers the ids of applications, devices, people and tables, and may: only the writer's thread
/// touches them, <see cref="Forget"/> drops them whenever something is rolled back, ids are never used twice, and a key under
/// an id that another process deleted violates its foreign key, upon which the writer forgets and tries again.
/// </summary>
internal sealed class SqliteWriteSession(SqliteConnection connection, TimeProvider time) : SqliteSession(connection, new TableNames(), new People())
{
    private const int RememberAtMost = 100_000;

    private readonly Dictionary<(Kind Kind, string Name), long> _ids = [];
    private readonly Dictionary<DeviceAddress, long> _devices = [];

    private bool _isGuarded;

    private enum Kind
    {
        App,
        Person,
    }

    /// <summary>Now, in Unix microseconds.</summary>
    public long Now() => Instants.ToMicroseconds(time.GetUtcNow());

    /// <summary>Begins a savepoint, unless there is one: should the work under way fail, its changes from here on are undone.</summary>
    public void Guard()
    {
        if (!_isGuarded)
        {
            Prepared("SAVEPOINT item").Execute();
            _isGuarded = true;
        }
    }

    /// <summary>Undoes the changes since <see cref="Guard"/>.</summary>
    public void UndoGuarded()
    {
        if (_isGuarded)
        {
            Prepared("ROLLBACK TO item").Execute();
        }
    }

    /// <summary>Ends the savepoint; its changes, if they are not undone, belong to the transaction.</summary>
    public void EndGuard()
    {
        if (_isGuarded && InTransaction)
        {
            Prepared("RELEASE item").Execute();
        }

        _isGuarded = false;
    }

    public void Forget()
    {
        _ids.Clear();
        _devices.Clear();
        ForgetNames();
    }

    /// <summary>Forgets, after a change that remembered ids may not survive; returns what the change gave.</summary>
    public T ForgetAfter<T>(T result)
    {
        Forget();
        return result;
    }

    public long? FindDevice(DeviceAddress device)
    {
        if (_devices.TryGetValue(device, out var id))
        {
            return id;
        }

        var found = Prepared(SqliteSql.FindDeviceId)
            .Number(("@app", device.Application), ("@device", device.Device), ("@identifier", device.Identifier!));
        return found is { } known ? Remember(_devices, device, known) : null;
    }

    public long FindOrAddDevice(DeviceAddress device, long now, long person) =>
        FindDevice(device) ?? Remember(
            _devices,
            device,
            Add(
                SqliteSql.AddDevice,
                ("@app", FindOrAddApp(device.Application, now, person)),
                ("@name", device.Device),
                ("@identifier", device.Identifier!),
                ("@now", now),
                ("@person", person)));

    public long FindOrAddApp(string name, long now, long person) => FindOrAdd(
        Kind.App,
        name,
        () => Prepared(SqliteSql.FindAppId).Number(("@name", name)),
        () => Add(SqliteSql.AddApp, ("@name", name), ("@now", now), ("@person", person)));

    public long FindOrAddPerson(string fullName) => FindOrAdd(
        Kind.Person,
        fullName,
        () => Prepared(SqliteSql.FindPerson).Number(("@name", fullName)),
        () => Add(SqliteSql.AddPerson, ("@name", fullName)));

    /// <summary>The number of a table; a name that is not known is registered with the next number.</summary>
    public int FindOrAddTable(string name) =>
        FindTable(name) ?? (int)Add(
            SqliteSql.AddTable, ("@first", TableCatalogue.FirstRegistered), ("@name", name), ("@folded", TableCatalogue.Fold(name)));

    private static long Remember<TKey>(Dictionary<TKey, long> ids, TKey key, long id)
        where TKey : notnull
    {
        if (ids.Count >= RememberAtMost)
        {
            ids.Clear();
        }

        return ids[key] = id;
    }

    private long FindOrAdd(Kind kind, string name, Func<long?> find, Func<long> add) =>
        _ids.TryGetValue((kind, name), out var id) ? id : Remember(_ids, (kind, name), find() ?? add());

    /// <summary>Adds what a change behind it needs; returns its number.</summary>
    private long Add(string sql, params ReadOnlySpan<(string, SqlValue)> values)
    {
        Guard();
        return Prepared(sql).Number(values)!.Value;
    }
}
