using ForeignGrpc.Server.Agent;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Security;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Takes no more calls than the server has room for: one more is refused before anything is done for it. As each does one thing at a time, that
/// limits what waits for the store, too. Probes are always taken.
/// </summary>
internal sealed class ServerLoadMiddleware(RequestDelegate next, BodyMemory memory, IOptions<LoadLimits> limits)
{
    private readonly int _limit = limits.Value.Calls;
    private int _underWay;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _underWay) > _limit)
            {
                Refusals.Failed(context, Failures.Overloaded(Texts.Of($"{_limit:N0} calls (setting Limits:Calls) are under way already; nothing was changed.")));
                return;
            }

            using var body = MeteredBody.Attach(context, memory);
            await next(context);
            if (context.Features.Get<LargeAnswer>() is { } answer)
            {
                await answer.FlushAsync();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
