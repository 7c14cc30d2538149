using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ForeignGrpc.Server.Calls;

/// <summary>Distinguishes gRPC calls from REST calls.</summary>
internal static class GrpcRequest
{
    /// <summary>The media type of a grpc-web call with a binary body.</summary>
    public const string Web = "application/grpc-web";

    /// <summary>The media type of a grpc-web call whose body is base64.</summary>
    public const string WebText = "application/grpc-web-text";

    private const string Native = "application/grpc";

    /// <summary>
    /// Whether the request is a native gRPC call, which needs HTTP/2. A grpc-web call that has reached its endpoint looks like one until
    /// its response starts.
    /// </summary>
    public static bool IsGrpc(this HttpRequest request) => request.HasMediaType(Native) && HttpProtocol.IsHttp2(request.Protocol);

    /// <summary>Whether the request is a grpc-web call that has not reached its endpoint.</summary>
    public static bool IsGrpcWeb(this HttpRequest request) => request.HasMediaType(Web) || request.HasMediaType(WebText);

    /// <summary>Whether the body has this media type, with any message format (`+proto`) and parameters.</summary>
    public static bool HasMediaType(this HttpRequest request, string type) =>
        request.ContentType is { } given && given.StartsWith(type, StringComparison.OrdinalIgnoreCase)
            && (given.Length == type.Length || given[type.Length] is '+' or ';' or ' ');

    /// <summary>
    /// Whether the call is a stream of an HTTP/2 connection, beside other calls. `Request.Protocol` says so for grpc-web calls over HTTP/1,
    /// too.
    /// </summary>
    public static bool IsHttp2Stream(this HttpContext call) => call.Features.Get<IHttp2StreamIdFeature>() is not null;
}
