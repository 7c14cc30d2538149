namespace ForeignGrpc.Store.Sql;

public abstract partial class SqlStore
{
    private readonly Remover _remover;

    /// <summary>Removes rows of deleted applications and devices, up to a number. It skips what other servers are removing.</summary>
    /// <returns>The number of removed rows; 0 when none are left.</returns>
    internal static int RemoveSome(SqlWriteSession session, int atMost)
    {
        var removed = 0;
        while (removed < atMost
            && session.Prepared(session.Connection.Dialect.ForUpdate(Statements.FindDeletedApp, "a", skipLocked: true)).Number() is { } app)
        {
            removed += RemoveDevices(session, app, atMost - removed);
            if (removed < atMost)
            {
                removed += session.Prepared(Statements.RemoveApp).Execute(("@id", app));
            }
        }

        return removed;
    }

    /// <summary>Starts to remove deleted rows. The store must be ready for writes.</summary>
    private protected void StartRemoving() => _remover.Start();

    private protected ValueTask StopRemovingAsync() => _remover.DisposeAsync();

    private static int RemoveDevices(SqlWriteSession session, long app, int atMost)
    {
        var removed = 0;
        foreach (var device in Numbers(session, Statements.DevicesOfDeletedApp, ("@app", app), ("@limit", atMost)))
        {
            removed += session.Prepared(Statements.RemoveKeys).Execute(("@device", device), ("@limit", atMost - removed));
            if (removed < atMost)
            {
                removed += session.Prepared(Statements.RemoveDevice).Execute(("@id", device));
            }

            if (removed == atMost)
            {
                break;
            }
        }

        return removed;
    }

    /// <summary>Marks devices of one application as deleted: moves them to a new application without a name.</summary>
    private static int DeleteDevices(SqlWriteSession session, List<long> devices)
    {
        if (devices.Count == 0)
        {
            return 0;
        }

        session.SetSavepoint();
        if (session.Prepared(Statements.AppOfDevice).Number(("@id", devices[0])) is { } app)
        {
            session.NoteChange(app);
        }

        var deleted = session.Prepared(Statements.AddDeletedApp).Number(("@now", session.Now()));
        return session.ForgetAfter(
            devices.Sum(device => session.Prepared(Statements.MoveDevice).Execute(("@id", device), ("@app", deleted!.Value))));
    }

    private static List<long> Numbers(SqlSession session, string sql, params ReadOnlySpan<(string, SqlValue)> arguments)
    {
        using var row = session.Prepared(sql).Query(arguments);
        var numbers = new List<long>();
        while (row.Read())
        {
            numbers.Add(row.GetInt64(0));
        }

        return numbers;
    }

    /// <summary>Awaits a change that may delete something, and wakes the remover.</summary>
    private async Task<T> DeletingAsync<T>(Task<T> change)
    {
        var result = await change.ConfigureAwait(false);
        _remover.Wake();
        return result;
    }
}
