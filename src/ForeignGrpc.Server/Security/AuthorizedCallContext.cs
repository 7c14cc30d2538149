using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>The context of a call with another cancellation token: one that is also cancelled when the caller loses the right.</summary>
internal sealed class AuthorizedCallContext(ServerCallContext inner, HttpContext http, CancellationToken cancellationToken)
    : ServerCallContext
{
    /// <summary>The key under which <see cref="ServerCallContextExtensions.GetHttpContext"/> looks for the HTTP context.</summary>
    private const string HttpContextKey = "__HttpContext";

    private Dictionary<object, object>? _state;

    protected override string MethodCore => inner.Method;

    protected override string HostCore => inner.Host;

    protected override string PeerCore => inner.Peer;

    protected override DateTime DeadlineCore => inner.Deadline;

    protected override Metadata RequestHeadersCore => inner.RequestHeaders;

    protected override CancellationToken CancellationTokenCore => cancellationToken;

    protected override Metadata ResponseTrailersCore => inner.ResponseTrailers;

    protected override Status StatusCore
    {
        get => inner.Status;
        set => inner.Status = value;
    }

    protected override WriteOptions? WriteOptionsCore
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    protected override AuthContext AuthContextCore => inner.AuthContext;

    protected override IDictionary<object, object> UserStateCore => _state ??= new Dictionary<object, object> { [HttpContextKey] = http };

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => inner.WriteResponseHeadersAsync(responseHeaders);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        inner.CreatePropagationToken(options);
}
