using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Prepares the path for routing. Rejects dot segments: the web server removes them, and the path would reach another operation. Removes a
/// trailing slash that is no blank value. Fills empty segments where a route accepts blank values, as routing matches no empty segment.
/// Operations read values from the path as sent, so they never see the filling.
/// </summary>
internal sealed class RestPathMiddleware(RequestDelegate next, RestRoutes templates)
{
    private const string Filler = "\uE000";

    /// <summary>The segments of a path that this middleware has accepted; the first, before the leading slash, is empty.</summary>
    public static string[] Segments(PathString path) => path.Value!.Replace(Filler, "", StringComparison.Ordinal).Split('/');

    public Task InvokeAsync(HttpContext context)
    {
        if (RawPath.HasDots(context))
        {
            throw Failure.Malformed(Texts.Of($"A path segment must not be '.' or '..'; use the Agents operations or gRPC for such names."));
        }

        var path = context.Request.Path.Value!;
        if (path.Length > 1 && (path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal)))
        {
            var segments = templates.WithoutTrailingSlash(context.Request.Method, path.Split('/'));
            if (templates.AnyMatches(segments))
            {
                context.Request.Path = new PathString("/" + string.Join('/', segments.Skip(1).Select(s => s.Length == 0 ? Filler : s)));
            }
        }

        return next(context);
    }
}
