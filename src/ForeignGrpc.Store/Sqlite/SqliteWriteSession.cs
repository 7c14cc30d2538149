using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// The session of the writer. It caches the ids of applications and devices by name. The ids stay true, because only the writer changes the
/// names, a rollback clears the caches, and no id is used twice. If another program deleted a device, the next key violates its foreign
/// key; then the writer clears the caches and retries.
/// </summary>
internal sealed class SqliteWriteSession(SqliteFileConnection connection, TimeProvider time) : SqlWriteSession(connection, time)
{
    private readonly BoundedCache<string, long> _apps = NameCaches.ByName<long>();
    private readonly BoundedCache<DeviceAddress, long> _devices = NameCaches.Devices();

    private bool _hasSavepoint;

    /// <summary>Whether a transaction is open. SQLite itself ends a transaction after some failures, such as a full disk.</summary>
    public bool InTransaction => connection.InTransaction;

    /// <summary>Sets a savepoint, unless there is one. If the work fails, the changes after it are undone.</summary>
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

    /// <summary>Removes the savepoint, and keeps the changes after it.</summary>
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
