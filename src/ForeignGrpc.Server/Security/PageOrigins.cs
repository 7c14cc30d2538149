using ForeignGrpc.Server.Settings;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Tells requests of other sites' pages from those of the server's own pages, of pages of `Cors:Origins`, and of programs. Browsers say
/// whose page sends a request in `Origin` and `Sec-Fetch-Site`, which pages cannot set; programs send neither.
/// </summary>
internal sealed class PageOrigins(IOptions<CorsSettings> cors)
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>
    /// Whether a page sends it that is neither the server's own nor of an allowed origin. A page without an origin (`null`) is another's.
    /// </summary>
    public bool IsOther(ServerCallContext call)
    {
        var request = call.GetHttpContext().Request;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwn(origin, request) && !IsAllowed(origin))
        {
            return true;
        }

        return request.Headers[FetchSite].ToString() switch
        {
            "" or "same-origin" or "none" => false,
            "same-site" => !IsAllowed(origin),
            _ => true,
        };
    }

    private bool IsAllowed(string origin) => cors.Value.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>An origin has no port where that is the scheme's own; `Host` may have it.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var own)
        && origin.Equals(own.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
