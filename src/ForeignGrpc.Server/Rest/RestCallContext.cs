using Grpc.Core;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The context of a REST call, for operations. It has no deadline, metadata or trailers. It is cancelled when the client gives up.
/// </summary>
internal sealed class RestCallContext(HttpContext http, string method) : ServerCallContext
{
    /// <summary>The key under which <see cref="ServerCallContextExtensions.GetHttpContext"/> looks for the call.</summary>
    private const string HttpContextKey = "__HttpContext";

    private Dictionary<object, object>? _state;
    private Metadata? _headers;
    private Metadata? _trailers;

    protected override string MethodCore => method;

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _headers ??= [];

    protected override CancellationToken CancellationTokenCore => http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(null, []);

    protected override IDictionary<object, object> UserStateCore => _state ??= new Dictionary<object, object> { [HttpContextKey] = http };

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => throw new NotSupportedException();

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException();
}
