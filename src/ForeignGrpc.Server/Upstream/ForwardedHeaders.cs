using System.Collections.Frozen;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Security;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace ForeignGrpc.Server.Upstream;

/// <summary>
/// Copies the headers of forwarded requests and responses. They pass as they are, except those of a connection, the credentials of this
/// server, and what proxies say of the way to this server.
/// </summary>
internal sealed class ForwardedHeaders(Loops loops, AppTokens appTokens) : HttpTransformer
{
    private const string XsrfHeader = SessionCookies.XsrfHeader;

    /// <summary>Headers of tracing. The forwarder omits them, because it expects the HTTP client to write its own.</summary>
    private static readonly string[] Tracing =
        [HeaderNames.TraceParent, HeaderNames.TraceState, HeaderNames.Baggage, HeaderNames.RequestId, HeaderNames.CorrelationContext];

    /// <summary>What proxies in front of this server say of its clients and its address.</summary>
    private static readonly FrozenSet<string> OfProxies = new[]
    {
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-For",
        "X-Original-Host", "X-Original-Proto", "X-Original-Prefix",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var given = httpContext.Request.Headers;
        proxyRequest.RequestUri = UpstreamClient.Exactly(destinationPrefix);
        proxyRequest.Headers.Host = null;
        foreach (var name in Tracing)
        {
            Set(proxyRequest, name, given[name]);
        }

        foreach (var name in OfProxies.Concat(NamedBy(given.Connection.ToString())))
        {
            Remove(proxyRequest, name);
        }

        RemoveCredentials(httpContext, proxyRequest);
        proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.Via, loops.Via);
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copiesBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        foreach (var name in NamedBy(proxyResponse?.Headers.Connection.ToString()))
        {
            headers.Remove(name);
        }

        if (headers.SetCookie is { Count: > 0 } cookies && cookies.Any(SessionCookies.IsOfSession))
        {
            headers.SetCookie = new StringValues([.. cookies.Where(cookie => !SessionCookies.IsOfSession(cookie))]);
        }

        return copiesBody;
    }

    /// <summary>The headers that `Connection` names: they are of the connection, and end with it.</summary>
    private static string[] NamedBy(string? connection) =>
        connection?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static void Set(HttpRequestMessage request, string name, StringValues values)
    {
        Remove(request, name);
        if (values.Count > 0)
        {
            request.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }
    }

    private static void Remove(HttpRequestMessage request, string name)
    {
        // The collections of HttpClient reject names of the other collection, and names that are no tokens.
        if (request.Headers.NonValidated.Contains(name))
        {
            request.Headers.Remove(name);
        }
        else if (request.Content?.Headers is { } content && content.NonValidated.Contains(name))
        {
            content.Remove(name);
        }
    }

    /// <summary>
    /// Removes the credentials of this server. A caller who is authenticated, but not by the upstream server, has one of this server: in
    /// the header Authorization, or in cookies.
    /// </summary>
    private void RemoveCredentials(HttpContext context, HttpRequestMessage request)
    {
        var given = context.Request.Headers;
        if (context.Features.Get<Caller>() is { IsOfUpstream: false })
        {
            Remove(request, HeaderNames.Authorization);
        }

        if (appTokens.Has(context.Request))
        {
            Remove(request, AppTokens.Header);
        }

        var (cookies, xsrfTokens) = SessionCookies.Split(given.Cookie);
        if (xsrfTokens.Count > 0)
        {
            Set(request, HeaderNames.Cookie, StringValues.IsNullOrEmpty(cookies) ? StringValues.Empty : cookies);
            if (given[XsrfHeader].Any(token => xsrfTokens.Contains(token ?? "")))
            {
                Remove(request, XsrfHeader);
            }
        }
    }
}
