namespace ForeignGrpc.Server.Load;

/// <summary>
/// Closes all connections when the server stops: after the last call in <see cref="CallsAtWork"/> and 0.8 seconds in which callers can read
/// their responses. Otherwise the stop would wait for clients that do not read, send nothing, or have an idle stream.
/// </summary>
internal sealed class ConnectionsAtStop(CallsAtWork calls, ClientConnections connections, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const int QuietTicks = 8;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the stop and then for the calls.</summary>
    /// <param name="stoppingToken">Cancelled when the web server has stopped.</param>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var begins = new TaskCompletionSource();
        await using (lifetime.ApplicationStopping.Register(begins.SetResult))
        await using (stoppingToken.Register(() => begins.TrySetCanceled(stoppingToken)))
        {
            await begins.Task;
        }

        using var timer = new PeriodicTimer(Tick);
        for (var quiet = 0; await timer.WaitForNextTickAsync(stoppingToken);)
        {
            quiet = calls.Any ? 0 : quiet + 1;
            if (quiet >= QuietTicks)
            {
                connections.AbortAll("The server is stopping.");
            }
        }
    }
}
