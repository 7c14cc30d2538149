using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Shares the engine between reads. Look-ups run on readers, which no read holds for long. Longer reads are scans: they run on scanners, in
/// turns that are fair to callers. A scan first gets a quick turn; if that is too short, it starts again in a long turn, up to the time
/// limit. So a quick scan never waits behind a long one.
/// </summary>
public abstract partial class SqlStore
{
    /// <summary>How long a look-up may take. A longer one starts again as a scan.</summary>
    private static readonly TimeSpan LookUpTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a quick turn lasts.</summary>
    private static readonly TimeSpan QuickScanTime = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _readTime;
    private readonly int _waitingScans;
    private readonly FairTurns _quickScans;
    private readonly FairTurns _longScans;

    /// <summary>The number of scans that an engine must run at the same time, in quick and in long turns.</summary>
    private protected static int ScansAtOnce(StoreOptions options) => 2 * options.Scanners;

    /// <summary>Runs a query that is usually quick. It sees every write that was acknowledged before it began.</summary>
    /// <param name="query">The query. It may run more than once; the last run counts.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <param name="caller">The caller, whose turn a long query waits for.</param>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>, <see cref="StoreError.TooManyReads"/>.</exception>
    private protected async ValueTask<T> ReadAsync<T>(Func<SqlSession, T> query, CancellationToken cancellationToken, string caller = "")
    {
        try
        {
            return await LookUpAsync(query, LookUpTime, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.Error == StoreError.ReadTooLong)
        {
            return await ScanAsync(query, caller, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a query that may take long.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    private protected async ValueTask<T> ScanAsync<T>(Func<SqlSession, T> query, string caller, CancellationToken cancellationToken)
    {
        if (QuickScanTime < _readTime)
        {
            using var quick = await TakeTurnAsync(_quickScans, caller, cancellationToken).ConfigureAwait(false);
            try
            {
                return await ScanAsync(query, QuickScanTime, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException e) when (e.Error == StoreError.ReadTooLong)
            {
                // The query starts again in a long turn.
            }
        }

        using var turn = await TakeTurnAsync(_longScans, caller, cancellationToken).ConfigureAwait(false);
        return await ScanAsync(query, _readTime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query on a reader.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: the query took longer than the limit.</exception>
    private protected abstract ValueTask<T> LookUpAsync<T>(
        Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Runs a query on a scanner.</summary>
    /// <inheritdoc cref="LookUpAsync"/>
    private protected abstract Task<T> ScanAsync<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken);

    private async Task<IDisposable> TakeTurnAsync(FairTurns turns, string caller, CancellationToken cancellationToken) =>
        await turns.TakeAsync(caller, cancellationToken).ConfigureAwait(false) ?? throw new StoreException(
            StoreError.TooManyReads,
            $"You have reached your limit of {_waitingScans:N0} waiting lists (setting Storage:WaitingScans); nothing was read.");
}
