using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// How reads share the engine. Look-ups have readers of their own, which no read holds for long. What takes longer runs on scanners, in
/// turns that are fair by caller: first for a moment, so that what is done in a moment never waits behind what is not, then up to the time
/// limit.
/// </summary>
public abstract partial class SqlStore
{
    /// <summary>How long a look-up may hold its reader; then it is a scan.</summary>
    private static readonly TimeSpan LookUpTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a scan may hold a scanner before it makes room for those that take less.</summary>
    private static readonly TimeSpan QuickScanTime = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _readTime;
    private readonly int _waitingScans;
    private readonly FairTurns _quickScans;
    private readonly FairTurns _longScans;

    /// <summary>How many scans an engine must be able to run at the same time: the quick ones and the long ones.</summary>
    private protected static int ScansAtOnce(StoreOptions options) => 2 * options.Scanners;

    /// <summary>Runs a query that is a look-up as a rule; it sees every write acknowledged before it began.</summary>
    /// <param name="query">What to ask. It may run more than once, with the last run's result.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="caller">In whose turn it goes on when it takes long.</param>
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
                // It is begun again among those that take long.
            }
        }

        using var turn = await TakeTurnAsync(_longScans, caller, cancellationToken).ConfigureAwait(false);
        return await ScanAsync(query, _readTime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query on a reader.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: it takes longer than the limit.</exception>
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
