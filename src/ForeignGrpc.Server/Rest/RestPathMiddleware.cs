using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest.Formats;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Before routing: refuses dot segments, which the server has silently removed so that the path would reach another
/// operation, drops a trailing slash that stands for no blank value, and fills empty segments where a route takes them as blank
/// values, as routing matches none. The values themselves are read from the path as it was sent, so what fills the segment is never seen.
/// </summary>
internal sealed class RestPathMiddleware(RequestDelegate next, RestRoutes templates)
{
    private const string Filler = "\uE000";

    /// <summary>Headers by which some clients send another method than they mean.</summary>
    private static readonly string[] Overrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

    /// <summary>The segments of a path that has passed here; the first, before the leading slash, is empty.</summary>
    public static string[] Segments(PathString path) => path.Value!.Replace(Filler, "", StringComparison.Ordinal).Split('/');

    public Task InvokeAsync(HttpContext context)
    {
        if (RawPath.HasDots(context))
        {
            throw Failure.Malformed(Texts.Of($"A path segment must not be '.' or '..'; use the Agents operations or gRPC for such names."));
        }

        if (Array.Find(Overrides, context.Request.Headers.ContainsKey) is { } header)
        {
            throw TextValues.Invalid(header, Texts.Of($"is not supported; send the request with that method instead."));
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
