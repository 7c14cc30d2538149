using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindApp(session, SqliteSql.AppById, ("@id", id)), cancellationToken);

    public ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => FindApp(session, SqliteSql.AppByName, ("@name", name)), cancellationToken);

    public Task<StoredApp> SaveAppAsync(AppSave app, string by, Precondition precondition, CancellationToken cancellationToken) =>
        _writer.WriteAsync(session => SaveApp(session, app, by, precondition), cancellationToken);

    public Task<StoredApp> ChangeAppAsync(
        int id, Func<StoredApp, AppSave> change, string by, Precondition precondition, CancellationToken cancellationToken) => _writer.WriteAsync(
        session =>
        {
            var app = FindApp(session, SqliteSql.AppById, ("@id", id)) ?? throw NoApp(id);
            return SaveApp(session, change(app) with { Id = id }, by, precondition);
        },
        cancellationToken);

    public Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken) => _writer.WriteAsync(
        session =>
        {
            if (session.Prepared(SqliteSql.AppUpdatedAt).Number(("@id", id)) is { } updated)
            {
                RequireUnmodified(precondition, updated);
            }

            return session.ForgetAfter(session.Prepared(SqliteSql.DeleteApp).Execute(("@id", id)));
        },
        cancellationToken);

    private static StoredApp? FindApp(SqliteSession session, string sql, (string, SqlValue) which)
    {
        using var row = session.Prepared(sql).Query(which);
        if (!row.Read())
        {
            return null;
        }

        var id = row.GetInt32(0);
        var (created, updated) = ReadStamps(row, 2);
        return new StoredApp(id, row.GetString(1), created, updated, ListDevices(session, id));
    }

    private static List<StoredDevice> ListDevices(SqliteSession session, int app)
    {
        using var row = session.Prepared(SqliteSql.DevicesOfApp).Query(("@app", app));
        var devices = new List<StoredDevice>();
        while (row.Read())
        {
            devices.Add(ReadDevice(row));
        }

        return devices;
    }

    private static StoredApp SaveApp(SqliteWriteSession session, AppSave app, string by, Precondition precondition)
    {
        var (now, person) = (session.Now(), session.FindOrAddPerson(by));
        var id = app.Id == 0 ? session.FindOrAddApp(app.Name, now, person) : UpdateApp(session, app, now, person, precondition);
        foreach (var device in app.RemovedDevices ?? [])
        {
            session.Prepared(SqliteSql.DeleteDevice).Execute(("@id", device));
        }

        foreach (var device in app.Devices)
        {
            SaveDevice(session, id, device, now, person);
        }

        return FindApp(session, SqliteSql.AppById, ("@id", id))!;
    }

    private static long UpdateApp(SqliteWriteSession session, AppSave app, long now, long person, Precondition precondition)
    {
        var updated = session.Prepared(SqliteSql.AppUpdatedAt).Number(("@id", app.Id))
            ?? throw NoApp(app.Id);
        RequireUnmodified(precondition, updated);
        SqliteErrors.Unique(
            $"There is another application named '{app.Name}'.",
            () => session.Prepared(SqliteSql.UpdateApp).Execute(("@id", app.Id), ("@name", app.Name), ("@now", now), ("@person", person)));
        return session.ForgetAfter(app.Id);
    }

    private static StoreException NoApp(int id) => new(StoreError.NotFound, $"There is no application with the id {id}.");

    private static void RequireUnmodified(Precondition precondition, long updated)
    {
        if (!precondition.Holds(Instants.FromMicroseconds(updated)))
        {
            throw new StoreException(
                StoreError.ChangedSince, $"It was changed at {Instants.FromMicroseconds(updated):F} UTC, after {precondition.UnmodifiedSince:F}; nothing was changed now.");
        }
    }
}
