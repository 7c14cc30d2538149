using System.Globalization;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Failures;

/// <summary>
/// Knows whether the database is away or full, from the failures of calls and probes. Logs once when that begins, and once when the
/// database serves again: it then checks the store every few seconds. Thread-safe.
/// </summary>
internal sealed partial class StoreOutage(
    IForeignSystemStore store, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<StoreOutage> logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private bool _isAway;
    private TimeSpan _pause = ShortestPause;
    private long _ended;

    /// <summary>Takes note of a failure of the store.</summary>
    /// <returns>Whether the failure is one of an outage; other failures, such as locks, are not noted.</returns>
    public bool Note(StoreException failure)
    {
        if (failure is not { Error: StoreError.Unavailable or StoreError.StorageFull, InnerException: { } cause })
        {
            return false;
        }

        if (TryBegin())
        {
            LogBegun(failure.Message, cause.GetBaseException().Message);
            _ = WatchAsync();
        }

        return true;
    }

    private bool TryBegin()
    {
        lock (_lock)
        {
            if (_isAway || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }

            // A disk that is full for large writes alone passes a check at once. Longer pauses keep that from filling the log.
            var isAgain = _ended != 0 && time.GetElapsedTime(_ended) < LongestPause;
            _pause = isAgain ? TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks)) : ShortestPause;
            return _isAway = true;
        }
    }

    private async Task WatchAsync()
    {
        var begun = time.GetTimestamp();
        try
        {
            do
            {
                await Task.Delay(_pause, time, lifetime.ApplicationStopping);
            }
            while (!await ServesAsync());
        }
        catch (OperationCanceledException)
        {
            // The server stops.
            return;
        }

        lock (_lock)
        {
            (_isAway, _ended) = (false, time.GetTimestamp());
        }

        LogEnded(time.GetElapsedTime(begun).TotalSeconds.ToString("F0", CultureInfo.InvariantCulture));
    }

    private async Task<bool> ServesAsync()
    {
        try
        {
            await store.CheckAsync(lifetime.ApplicationStopping);
            return true;
        }
        catch (Exception) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Whatever the check fails with: a watch that ends would leave the outage without an end.
            return false;
        }
    }

    [LoggerMessage(1004, LogLevel.Error, "An outage of the database begins. {Failure} Cause: {Cause}")]
    private partial void LogBegun(string failure, string cause);

    [LoggerMessage(1005, LogLevel.Information, "The database serves again, after {Seconds} s.")]
    private partial void LogEnded(string seconds);
}
