using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace ForeignGrpc.Server.Upstream;

/// <summary>
/// Forwards REST calls to the upstream server and streams its responses back, over HTTP/1.1, so that a client that does not read holds back
/// no other. Fails before a response starts; a response that breaks off breaks off at the client too.
/// </summary>
internal sealed class UpstreamForwarder(
    IHttpForwarder forwarder,
    ForwardedHeaders headers,
    UpstreamClient upstream,
    UpstreamHealth health,
    Loops loops,
    IOptions<UpstreamOptions> options)
{
    /// <summary>A protocol that clients offer and do without.</summary>
    private const string OfferedProtocol = "h2c";

    private readonly ForwarderRequestConfig _request = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(options.Value.ActivitySeconds),
        Version = new Version(1, 1),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.IsGrpc() || context.Request.IsGrpcWeb())
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var target = Check(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var error = await forwarder.SendAsync(context, upstream.Root + target, upstream.Http, _request, headers, context.RequestAborted);
        if (error == ForwarderError.None)
        {
            health.NoteResponse();
            await context.Response.StartAsync();
        }
        else
        {
            Fail(context, error);
        }
    }

    /// <summary>The path and query to forward.</summary>
    /// <exception cref="Failure">The request cannot be forwarded.</exception>
    private string Check(HttpContext context)
    {
        var request = context.Request;
        loops.Check(request);
        if (HttpMethods.IsConnect(request.Method) || request.Headers.Upgrade.Any(protocol => protocol != OfferedProtocol))
        {
            throw Failure.Upgrade();
        }

        if (request.Headers.Authorization.Count > 1)
        {
            throw Failure.Malformed(Texts.Of($"A request has at most one header Authorization."));
        }

        return RawPath.Target(context) ?? throw Failure.Malformed(Texts.Of($"The request is malformed."));
    }

    /// <exception cref="Failure">Why the call failed, unless its client is gone or its response has started.</exception>
    private void Fail(HttpContext context, ForwarderError error)
    {
        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        var isAway = UpstreamFailures.IsAway(cause);
        if (isAway)
        {
            health.NoteFailure(UpstreamFailures.Describe(cause!));
        }

        if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
        {
            return;
        }

        throw UpstreamFailures.OfRequest(cause) ?? (Exception)(error switch
        {
            _ when isAway => Failure.UpstreamAway(),
            ForwarderError.RequestBodyClient => Failure.Malformed(Texts.Of($"The request is malformed.")),
            ForwarderError.RequestTimedOut => Failure.UpstreamSilent(options.Value.ActivitySeconds),
            _ => Failure.UpstreamBroken(),
        });
    }
}
