namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Lets those who change the same thing by what it is take turns, so that they do not compute in vain. Other servers may still be quicker.
/// </summary>
internal sealed class ChangeTurns
{
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>
    /// Computes and saves until what was computed from is still so when it is saved, or others have been quicker too often.
    /// </summary>
    /// <param name="what">What is changed.</param>
    /// <param name="tryChange">Tries it once; null when something was changed in between.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    /// <returns>What was saved; null when others were quicker each time.</returns>
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
