using ForeignGrpc.Server.Settings;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Recognizes requests from pages of other sites. Browsers send the origin of the page in `Origin` and `Sec-Fetch-Site`; pages cannot set
/// these headers. Programs send neither header.
/// </summary>
internal sealed class PageOrigins(IOptions<CorsSettings> cors)
{
    private const string FetchSite = "Sec-Fetch-Site";

    /// <summary>
    /// Whether the request comes from a page that is neither of this server nor of an origin in `Cors:Origins`. The origin `null` is such a
    /// page.
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

    /// <summary>Whether the origin is this server. An origin omits the default port of its scheme; `Host` may have it.</summary>
    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var own)
        && origin.Equals(own.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
