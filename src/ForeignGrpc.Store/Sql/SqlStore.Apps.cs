using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken) =>
        ReadAsync(session => session.AtOneMoment(() => FindApp(session, Statements.AppById, ("@id", id))), cancellationToken);

    public ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(session => session.AtOneMoment(() => FindApp(session, Statements.AppByName, ("@name", name))), cancellationToken);

    public Task<StoredApp> SaveAppAsync(AppSave app, string by, Precondition precondition, CancellationToken cancellationToken) =>
        WriteAsync(session => SaveApp(session, app, by, precondition), cancellationToken);

    public Task<StoredApp> ChangeAppAsync(
        int id, Func<StoredApp, AppSave?> change, string by, Precondition precondition, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            RequireUnmodified(precondition, LockApp(session, id) ?? throw NoApp(id));
            var app = FindApp(session, Statements.AppById, ("@id", id))!;
            return change(app) is { } save ? SaveApp(session, save with { Id = id }, by, precondition) : app;
        },
        cancellationToken);

    public Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken) => DeletingAsync(WriteAsync(
        session =>
        {
            if (LockApp(session, id) is not { } updated)
            {
                return 0;
            }

            RequireUnmodified(precondition, updated);
            return session.ForgetAfter(session.Prepared(Statements.DeleteApp).Execute(("@id", id)));
        },
        cancellationToken));

    private static StoredApp? FindApp(SqlSession session, string sql, (string, SqlValue) which)
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

    private static List<StoredDevice> ListDevices(SqlSession session, int app)
    {
        using var row = session.Prepared(Statements.DevicesOfApp).Query(("@app", app));
        var devices = new List<StoredDevice>();
        while (row.Read())
        {
            devices.Add(ReadDevice(row));
        }

        return devices;
    }

    private static StoredApp SaveApp(SqlWriteSession session, AppSave app, string by, Precondition precondition)
    {
        var (now, person) = (session.Now(), session.FindOrAddPerson(by));
        var id = app.Id == 0 ? session.FindOrAddApp(app.Name, now, person) : UpdateApp(session, app, now, person, precondition);
        DeleteDevices(session, [.. app.RemovedDevices ?? []]);
        foreach (var device in app.Devices)
        {
            SaveDevice(session, id, device, now, person);
        }

        return FindApp(session, Statements.AppById, ("@id", id))!;
    }

    private static long UpdateApp(SqlWriteSession session, AppSave app, long now, long person, Precondition precondition)
    {
        var updated = LockApp(session, app.Id) ?? throw NoApp(app.Id);
        RequireUnmodified(precondition, updated);
        session.Unique(
            $"There is another application named '{app.Name}'.",
            () => session.Prepared(Statements.UpdateApp).Execute(("@id", app.Id), ("@name", app.Name), ("@now", now), ("@person", person)));
        return session.ForgetAfter(app.Id);
    }

    /// <summary>When the application was last updated, which holds until the transaction ends; null when there is none of that id.</summary>
    private static long? LockApp(SqlWriteSession session, int id) =>
        session.Prepared(session.Connection.Locked(Statements.AppUpdatedAt, "a")).Number(("@id", id));

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
