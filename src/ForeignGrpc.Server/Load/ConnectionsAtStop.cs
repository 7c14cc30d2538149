namespace ForeignGrpc.Server.Load;

/// <summary>
/// When the server stops: waits until it works for no call any more, gives callers most of a second to read their answers, and closes the
/// connections. Without it a stop would wait for whoever does not read, sends nothing, or has an idle stream.
/// </summary>
internal sealed class ConnectionsAtStop(CallsAtWork calls, ClientConnections connections, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const int QuietTicks = 8;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <param name="stoppingToken">Ends it: the web server has stopped.</param>
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
