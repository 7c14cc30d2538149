using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Rejects requests for hosts outside <see cref="AllowedHosts"/>. Probes are exempt, because they use the IP address of the server. Runs
/// after routing.
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
