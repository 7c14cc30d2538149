using ForeignGrpc.Server.Rest;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Takes off the path that stands before the server's own: the prefix that a known proxy names, and the setting <see cref="PathBase"/>.
/// Requests that come without it, because a proxy took it off or a probe does not know it, are answered all the same. Behind
/// `UseForwardedHeaders`, before all that looks at paths.
/// </summary>
internal sealed class PathBaseMiddleware(RequestDelegate next, PathBase pathBase)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var forwarded = PathBase.TryParse(request.PathBase.Value ?? "") ?? PathString.Empty;
        TakeOff(context, forwarded);
        request.PathBase = TakeOff(context, pathBase.Path) ? forwarded + pathBase.Path
            : forwarded.HasValue ? forwarded
            : pathBase.Path;
        return next(context);
    }

    private static bool TakeOff(HttpContext context, PathString prefix)
    {
        if (!prefix.HasValue || RawPath.HasDots(context) || !context.Request.Path.StartsWithSegments(prefix, out var rest))
        {
            return false;
        }

        RawPath.RemoveFirst(context, prefix.Value.Count(character => character == '/'));
        context.Request.Path = rest.HasValue ? rest : new PathString("/");
        return true;
    }
}
