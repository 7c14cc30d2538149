using Microsoft.AspNetCore.RateLimiting;

namespace ForeignGrpc.Server.Calls;

/// <summary>Calls that ask whether the server is well. No limit of calls holds for them.</summary>
internal static class Probe
{
    public static bool Is(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null;
}
