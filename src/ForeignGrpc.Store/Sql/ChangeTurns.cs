namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Lets changes of the same record take turns within this server, so that they rarely compute in vain. Other servers may still be
/// quicker.
/// </summary>
internal sealed class ChangeTurns
{
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Tries a change until no other change comes in between, at most 100 times.</summary>
    /// <param name="what">The key of the record.</param>
    /// <param name="tryChange">Tries the change once; returns null when another change came in between.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    /// <returns>The saved record; null when other changes came in between each time.</returns>
    public async Task<T?> ChangeAsync<T>(object what, Func<Task<T?>> tryChange, CancellationToken cancellationToken)
        where T : class
    {
        const int Attempts = 100;
        var turn = _turns[(uint)what.GetHashCode() % _turns.Length];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                if (await tryChange().ConfigureAwait(false) is { } saved)
                {
                    return saved;
                }
            }

            return null;
        }
        finally
        {
            turn.Release();
        }
    }
}
