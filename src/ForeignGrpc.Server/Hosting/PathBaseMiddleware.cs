using ForeignGrpc.Server.Rest;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Removes the prefix of the path: the prefix in the headers of a known proxy, and the setting <see cref="PathBase"/>. A request without
/// the prefix is served too, because a proxy may have removed the prefix, and a probe may not know it. Runs after `UseForwardedHeaders` and
/// before everything that reads the path.
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
