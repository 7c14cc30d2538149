using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Applies <see cref="AnonymousPace"/>, around everything that responds. Over HTTP/1 the server sends the response, and waits before it
/// reads the next request of the connection. Over HTTP/2, and behind a proxy, the response waits: other calls share the connection, and a
/// stream whose response is sent makes room for the next stream at once.
/// </summary>
internal sealed class AnonymousPaceMiddleware(
    RequestDelegate next, AnonymousPace pace, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>How many responses wait at once, about 30 KiB each.</summary>
    private readonly Places _waiting = new(1_000);

    public async Task InvokeAsync(HttpContext context)
    {
        var connection = context.Features.Get<ClientConnection>();
        connection?.HadCall = true;
        await next(context);
        if (context.Features.Get<Caller>() is not null)
        {
            pace.NoteCaller();
            return;
        }

        var address = ClientAddress.KeyOf(context.Connection.RemoteIpAddress);
        var wait = Probe.Is(context) ? pace.NoteProbe(address) : pace.NoteAnonymous(address);
        if (wait == TimeSpan.Zero)
        {
            return;
        }

        if (context.IsHttp2Stream() || connection is { IsFromProxy: true })
        {
            await HoldResponseAsync(wait, connection);
        }
        else
        {
            await context.Response.CompleteAsync();
            await WaitAsync(wait, context.RequestAborted);
        }
    }

    private async Task HoldResponseAsync(TimeSpan wait, ClientConnection? connection)
    {
        if (!_waiting.TryTake())
        {
            connection?.AbortStranger("Too many calls without a caller wait; the connections with the latest are closed.");
            return;
        }

        try
        {
            // Not until the call is cancelled: a stream that the client resets would make room for the next at once.
            await WaitAsync(wait, connection?.Closed ?? CancellationToken.None);
        }
        finally
        {
            _waiting.Release();
        }
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        await Task.Delay(wait, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
