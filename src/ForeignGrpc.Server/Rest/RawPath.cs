using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The path as the client sent it. The decoded path of the web server is no source of values: it keeps `%2F` encoded beside other decoded
/// characters, and it has no dot segments.
/// </summary>
internal static class RawPath
{
    /// <summary>The encoded segments; the first, before the leading slash, is empty.</summary>
    public static string[] Segments(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        return PathOf(query < 0 ? target : target[..query]).ToString().Split('/');
    }

    /// <summary>
    /// Path and query as the client sent them. Null if they have characters that no URL has, which the server does not check over HTTP/2.
    /// </summary>
    public static string? Target(HttpContext context)
    {
        var target = PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        return target.ContainsAnyExceptInRange('!', '~') ? null : target.ToString();
    }

    /// <summary>Removes the first segments of the path, as if the client had not sent them.</summary>
    public static void RemoveFirst(HttpContext context, int segments)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var rest = PathOf(request.RawTarget);
        for (; segments > 0; segments--)
        {
            var end = rest[1..].IndexOfAny('/', '?');
            rest = end < 0 ? "" : rest[(1 + end)..];
        }

        request.RawTarget = rest.StartsWith('/') ? rest.ToString() : $"/{rest}";
    }

    /// <summary>Whether a segment is `.` or `..`, escaped or not.</summary>
    public static bool HasDots(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return (target.Contains("/.", StringComparison.Ordinal) || target.Contains("/%2", StringComparison.Ordinal))
            && Array.Exists(Segments(context), IsDots);
    }

    /// <summary>The request target from the path on. A target may have the absolute form: http://host/path.</summary>
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var slash = authority < 0 ? -1 : target[(authority + 3)..].IndexOf('/');
        return slash < 0 ? "/" : target[(authority + 3 + slash)..];
    }

    private static bool IsDots(string segment) =>
        segment.Length is > 0 and <= 6 && segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
