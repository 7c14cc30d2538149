using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Limits the calls that are being authenticated. They have places of their own, so they never take the places of authenticated calls.
/// Probes are exempt. Runs before <see cref="Security.AccessMiddleware"/>.
/// </summary>
internal sealed class ArrivalMiddleware(RequestDelegate next, CallsAtWork atWork, IOptions<LoadLimits> limits)
{
    private readonly Places _places = new(limits.Value.Calls);

    public async Task InvokeAsync(HttpContext context)
    {
        if (Probe.Is(context))
        {
            await next(context);
            return;
        }

        if (!_places.TryTake())
        {
            Refusals.Failed(context, Failure.Overloaded(Texts.Of(
                $"The limit of {_places.Limit:N0} calls to authenticate is reached (setting Limits:Calls); nothing was changed.")));
            return;
        }

        var arrival = new Arrival(context, _places, atWork);
        context.Features.Set(arrival);
        try
        {
            await next(context);
        }
        finally
        {
            arrival.HasEnded();
        }
    }
}
