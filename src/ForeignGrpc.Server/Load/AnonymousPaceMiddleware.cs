using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Applies <see cref="AnonymousPace"/>: delays the next request of the connection after a call without an authenticated caller. The
/// response is sent before the delay. Probes are exempt. Runs around everything that responds.
/// </summary>
internal sealed class AnonymousPaceMiddleware(
    RequestDelegate next, AnonymousPace pace, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Features.Get<Caller>() is not null)
        {
            pace.NoteCaller();
            return;
        }

        if (Probe.Is(context) || pace.NoteAnonymous() is not { Ticks: > 0 } wait)
        {
            return;
        }

        await context.Response.CompleteAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await Task.Delay(wait, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
