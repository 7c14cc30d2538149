using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// The writer's session. It remembers the ids of applications and devices by their names, and may: only the writer's thread
/// changes them, <see cref="Forget"/> drops them whenever something is rolled back, ids are never used twice, and a key under
/// an id that another process deleted violates its foreign key, upon which the writer forgets and tries again.
/// </summary>
internal sealed class SqliteWriteSession(SqliteFileConnection connection, TimeProvider time) : SqlWriteSession(connection, time)
{
    private readonly BoundedCache<string, long> _apps = NameCaches.ByName<long>();
    private readonly BoundedCache<DeviceAddress, long> _devices = NameCaches.Devices();

    private bool _hasSavepoint;

    /// <summary>Whether a transaction is open. SQLite ends one by itself after some failures, such as a full disk.</summary>
    public bool InTransaction => connection.InTransaction;

    /// <summary>Begins a savepoint, unless there is one: should the work under way fail, its changes from here on are undone.</summary>
    public override void SetSavepoint()
    {
        if (!_hasSavepoint)
        {
            Prepared("SAVEPOINT item").Execute();
            _hasSavepoint = true;
        }
    }

    /// <summary>Undoes the changes since <see cref="SetSavepoint"/>.</summary>
    public void RollbackToSavepoint()
    {
        if (_hasSavepoint)
        {
            Prepared("ROLLBACK TO item").Execute();
        }
    }

    /// <summary>Ends the savepoint; its changes, if they are not undone, belong to the transaction.</summary>
    public void ReleaseSavepoint()
    {
        if (_hasSavepoint && InTransaction)
        {
            Prepared("RELEASE item").Execute();
        }

        _hasSavepoint = false;
    }

    public override void Forget()
    {
        _apps.Clear();
        _devices.Clear();
        base.Forget();
    }

    public override T ForgetAfter<T>(T result)
    {
        _apps.Clear();
        _devices.Clear();
        return result;
    }

    public override long? FindDevice(DeviceAddress device) =>
        _devices.TryGet(device, out var known) ? known : base.FindDevice(device) is { } found ? _devices.Set(device, found) : null;

    public override long FindOrAddDevice(DeviceAddress device, long now, long person) =>
        _devices.TryGet(device, out var known) ? known : _devices.Set(device, base.FindOrAddDevice(device, now, person));

    public override long FindOrAddApp(string name, long now, long person) =>
        _apps.TryGet(name, out var known) ? known : _apps.Set(name, base.FindOrAddApp(name, now, person));
}
