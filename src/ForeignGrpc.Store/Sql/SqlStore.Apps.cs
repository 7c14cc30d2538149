using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    public ValueTask<StoredApp?> FindAppAsync(int id, CancellationToken cancellationToken) =>
        ReadAsync(session => session.InSnapshot(() => FindApp(session, Statements.AppById, ("@id", id))), cancellationToken);

    public ValueTask<StoredApp?> FindAppAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(session => session.InSnapshot(() => FindApp(session, Statements.AppByName, ("@name", name))), cancellationToken);

    public async Task<StoredApp> SaveAppAsync(AppSave app, Author author, Precondition precondition, CancellationToken cancellationToken) =>
        await SaveAppAsync(app, author, precondition, null, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException(StoreError.NotFound, $"The application '{app.Name}' was deleted right after it was saved.");

    public async Task<StoredApp> ChangeAppAsync(
        int id,
        Func<StoredApp, ValueTask<AppSave?>> change,
        Author author,
        Precondition precondition,
        CancellationToken cancellationToken) =>
        await _turns.ChangeAsync(
            id, () => TryChangeAppAsync(id, change, author, precondition, cancellationToken), cancellationToken).ConfigureAwait(false)
            ?? throw ChangedByOthers();

    public Task DeleteAppAsync(int id, Precondition precondition, CancellationToken cancellationToken) =>
        DeletingAsync(WriteAsync(session => DeleteApp(session, id, precondition), cancellationToken));

    private static StoreException ChangedByOthers() =>
        new(StoreError.Contended, $"Other calls changed the object each time this patch was applied; nothing was changed.");

    private async Task<StoredApp?> TryChangeAppAsync(
        int id, Func<StoredApp, ValueTask<AppSave?>> change, Author author, Precondition precondition, CancellationToken cancellationToken)
    {
        var app = await FindAppAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NoApp(id);
        RequireUnmodified(precondition, Instants.ToMicroseconds(app.Updated.At));
        return await change(app).ConfigureAwait(false) is { } save
            ? await SaveAppAsync(save with { Id = id }, author, precondition, app.Version, cancellationToken).ConfigureAwait(false)
            : app;
    }

    /// <summary>Saves the application, then reads it outside the transaction, because it may have many devices.</summary>
    /// <returns>The saved application; null when it had another version, or was deleted.</returns>
    private async Task<StoredApp?> SaveAppAsync(
        AppSave app, Author author, Precondition precondition, long? version, CancellationToken cancellationToken)
    {
        var saved = WriteAsync(session => SaveApp(session, app, author, precondition, version), cancellationToken);
        return await DeletingAsync(saved).ConfigureAwait(false) is { } id
            ? await FindAppAsync((int)id, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private static StoredApp? FindApp(SqlSession session, string sql, (string, SqlValue) which)
    {
        using var row = session.Prepared(sql).Query(which);
        if (!row.Read())
        {
            return null;
        }

        var id = row.GetInt32(0);
        var (created, updated) = ReadStamps(row, 2);
        var (name, version) = (row.GetString(1), row.GetInt64(6));
        return new StoredApp(id, name, created, updated, ListDevices(session, id), version);
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

    /// <returns>The id of the application; null when it has another version, and nothing was changed.</returns>
    private static long? SaveApp(SqlWriteSession session, AppSave app, Author author, Precondition precondition, long? version)
    {
        if (app.Id != 0)
        {
            var (updated, current) = LockApp(session, app.Id) ?? throw NoApp(app.Id);
            RequireUnmodified(precondition, updated);
            if (version is not null && version != current)
            {
                return null;
            }
        }

        var (now, person) = (session.Now(), session.FindOrAddPerson(author));
        var id = app.Id == 0 ? session.FindOrAddApp(app.Name, now, person) : UpdateApp(session, app, now, person);
        DeleteDevices(session, [.. app.RemovedDevices ?? []]);
        foreach (var device in app.Devices)
        {
            SaveDevice(session, id, device, now, person);
        }

        if (app is { Id: 0, Devices.Count: > 0 })
        {
            session.NoteChange(id);
        }

        return id;
    }

    private static int DeleteApp(SqlWriteSession session, int id, Precondition precondition)
    {
        if (LockApp(session, id) is not var (updated, _))
        {
            return 0;
        }

        RequireUnmodified(precondition, updated);
        return session.ForgetAfter(session.Prepared(Statements.DeleteApp).Execute(("@id", id)));
    }

    private static long UpdateApp(SqlWriteSession session, AppSave app, long now, long person)
    {
        session.Unique(
            $"Another application is already named '{app.Name}'.",
            () => session.Prepared(Statements.UpdateApp).Execute(("@id", app.Id), ("@name", app.Name), ("@now", now), ("@person", person)));
        return session.ForgetAfter(app.Id);
    }

    /// <summary>
    /// Locks an application until the transaction ends. Returns when it was last updated, and its version; null when there is none.
    /// </summary>
    private static (long Updated, long Version)? LockApp(SqlWriteSession session, int id)
    {
        using var row = session.Prepared(session.Connection.Dialect.ForUpdate(Statements.AppUpdatedAt, "a")).Query(("@id", id));
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    private static StoreException NoApp(int id) => new(StoreError.NotFound, $"There is no application with the id {id}.");

    private static void RequireUnmodified(Precondition precondition, long updated)
    {
        var at = Instants.FromMicroseconds(updated);
        if (!precondition.Holds(at))
        {
            throw new StoreException(
                StoreError.ChangedSince,
                $"It was last modified at {at:F} UTC, after {precondition.UnmodifiedSince:F}; nothing was changed.");
        }
    }
}
