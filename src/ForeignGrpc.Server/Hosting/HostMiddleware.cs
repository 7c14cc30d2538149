using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Refuses requests for hosts that are not among <see cref="AllowedHosts"/>. Probes, which name the server by its address, are exempt.
/// Behind routing.
/// </summary>
internal sealed class HostMiddleware(RequestDelegate next, AllowedHosts hosts)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (hosts.Allow(context.Request.Host) || Probe.Is(context))
        {
            return next(context);
        }

        Refusals.Failed(context, Failure.InvalidArgument(
            "Host", Texts.Of($"is '{context.Request.Host.Value}', which is not a host name of this server (setting AllowedHosts).")));
        return Task.CompletedTask;
    }
}
