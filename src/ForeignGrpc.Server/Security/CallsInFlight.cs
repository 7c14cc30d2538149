using System.Collections.Concurrent;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// The calls in flight of authenticated callers. Authorizes each call again every <see cref="Lease.CheckEvery"/>.
/// </summary>
internal sealed partial class CallsInFlight(TimeProvider time, ILogger<CallsInFlight> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<AuthorizedCall, long> _begun = new();

    /// <summary>The number of calls in flight.</summary>
    public int Count => _begun.Count;

    /// <summary>Whether a caller has lost the right to a call in flight.</summary>
    public bool HasLost => _begun.Keys.Any(call => call.Loss is not null);

    public void Add(AuthorizedCall call) => _begun[call] = time.GetTimestamp();

    public void Remove(AuthorizedCall call)
    {
        _begun.TryRemove(call, out _);
        call.Dispose();
    }

    /// <summary>Checks the calls one after the other, so that calls of the same caller share one read of the user.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Lease.CheckEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = time.GetTimestamp();
                foreach (var (call, begun) in _begun)
                {
                    if (time.GetElapsedTime(begun, now) >= Lease.CheckEvery / 2)
                    {
                        await CheckAsync(call);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task CheckAsync(AuthorizedCall call)
    {
        try
        {
            await call.CheckAsync();
        }
        catch (ObjectDisposedException)
        {
            // The call ended during the check.
        }
        catch (StoreException e)
        {
            LogNotChecked(e.Error);
        }
    }

    [LoggerMessage(2002, LogLevel.Debug, "A call in flight could not be authorized again: the store failed with {Error}.")]
    private partial void LogNotChecked(StoreError error);
}
