using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The path as the client sent it. The server's own decoded path is of no use for values: it leaves `%2F` encoded, so that
/// `/` and `%2F` cannot be told apart, and it removes dot segments.
/// </summary>
internal static class RawPath
{
    /// <summary>The segments, still encoded; the first, before the leading slash, is empty.</summary>
    public static string[] Segments(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (!path.StartsWith('/'))
        {
            // The absolute form that proxies get: http://host/path.
            var authority = path.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : path[(authority + 3)..].IndexOf('/');
            path = slash < 0 ? "/" : path[(authority + 3 + slash)..];
        }

        return path.ToString().Split('/');
    }

    /// <summary>Whether a segment is `.` or `..`, escaped or not.</summary>
    public static bool HasDots(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return (target.Contains("/.", StringComparison.Ordinal) || target.Contains("/%2", StringComparison.Ordinal))
            && Array.Exists(Segments(context), IsDots);
    }

    private static bool IsDots(string segment) =>
        segment.Length is > 0 and <= 6 && segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
