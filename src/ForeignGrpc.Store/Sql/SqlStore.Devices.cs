using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public ValueTask<StoredDevice?> FindDeviceAsync(int id, CancellationToken cancellationToken) =>
        ReadAsync(session => FindDevice(session, Statements.DeviceById, ("@id", id)), cancellationToken);

    public ValueTask<StoredDevice?> FindDeviceAsync(DeviceAddress address, CancellationToken cancellationToken) =>
        ReadAsync(session => FindDevice(session, address), cancellationToken);

    public Task<StoredDevice> SaveDeviceAsync(
        DeviceAddress address, string? newName, string? newIdentifier, Author author, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                var (now, person) = (session.Now(), session.FindOrAddPerson(author));
                var app = session.FindOrAddApp(address.Application, now, person);
                var id = session.FindOrAddDevice(address, now, person);
                if (newName is not null || newIdentifier is not null)
                {
                    SaveDevice(session, app, new DeviceSave((int)id, newName, newIdentifier), now, person);
                    session.NoteChange(app);
                }

                return FindDevice(session, Statements.DeviceById, ("@id", id))!;
            },
            cancellationToken);

    public Task<StoredDevice> SaveDeviceAsync(string application, DeviceSave device, Author author, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                var (now, person) = (session.Now(), session.FindOrAddPerson(author));
                var app = session.FindOrAddApp(application, now, person);
                var id = SaveDevice(session, app, device, now, person);
                session.NoteChange(app);
                return FindDevice(session, Statements.DeviceById, ("@id", id))!;
            },
            cancellationToken);

    public Task DeleteDeviceAsync(DeviceAddress address, CancellationToken cancellationToken) => DeletingAsync(WriteAsync(
        session => DeleteDevices(session, session.FindDevice(address) is { } id ? [id] : []), cancellationToken));

    public Task DeleteDeviceAsync(string application, int id, CancellationToken cancellationToken) => DeletingAsync(WriteAsync(
        session => DeleteDevices(session, LockDevice(session, application, id)), cancellationToken));

    private static List<long> LockDevice(SqlWriteSession session, string application, int id) => Numbers(
        session, session.Connection.Dialect.ForUpdate(Statements.DeviceInApp, "d"), ("@id", id), ("@app", application));

    /// <summary>Creates or updates a device of an application; returns its id.</summary>
    private static long SaveDevice(SqlWriteSession session, long app, DeviceSave device, long now, long person)
    {
        var existing = device.Id != 0
            ? device.Id
            : session.Prepared(session.Connection.Dialect.ForKeyShare(Statements.FindDeviceIdInApp, "d"))
                .Number(("@app", app), ("@device", device.Name!), ("@identifier", device.Identifier ?? ""));
        if (existing is not { } id)
        {
            (string, SqlValue) name = ("@name", device.Name!), identifier = ("@identifier", device.Identifier ?? "");
            return session.Prepared(Statements.AddDevice)
                .Number(("@app", app), name, identifier, ("@now", now), ("@person", person))!.Value;
        }

        var updated = session.Unique(
            $"The application already has another device with that name and identifier.",
            () => session.Prepared(Statements.UpdateDevice).Execute(
                ("@id", id),
                ("@app", app),
                ("@name", device.Name),
                ("@identifier", device.Identifier),
                ("@now", now),
                ("@person", person)));
        return updated == 1
            ? session.ForgetAfter(id)
            : throw new StoreException(StoreError.NotFound, $"The application has no device with the id {id}.");
    }

    private static StoredDevice? FindDevice(SqlSession session, DeviceAddress address)
    {
        (string, SqlValue) app = ("@app", address.Application), name = ("@device", address.Device);
        return address.Identifier is { } identifier
            ? FindDevice(session, Statements.DeviceByIdentifier, app, name, ("@identifier", identifier))
            : FindDevice(session, Statements.OldestDeviceByName, app, name);
    }

    private static StoredDevice? FindDevice(SqlSession session, string sql, params ReadOnlySpan<(string, SqlValue)> which)
    {
        using var row = session.Prepared(sql).Query(which);
        return row.Read() ? ReadDevice(row) : null;
    }

    private static StoredDevice ReadDevice(Rows row)
    {
        var (created, updated) = ReadStamps(row, 4);
        return new StoredDevice(row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetString(3), created, updated);
    }
}
