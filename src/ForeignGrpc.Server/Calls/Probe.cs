using Microsoft.AspNetCore.RateLimiting;

namespace ForeignGrpc.Server.Calls;

/// <summary>Health probes. They are exempt from limits of calls.</summary>
internal static class Probe
{
    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null;
}
