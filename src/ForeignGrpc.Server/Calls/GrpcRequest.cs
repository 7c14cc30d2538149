namespace ForeignGrpc.Server.Calls;

/// <summary>Distinguishes native gRPC calls, which need HTTP/2, from REST calls.</summary>
internal static class GrpcRequest
{
    public static bool IsGrpc(this HttpRequest request) =>
        request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
            && !HttpProtocol.IsHttp11(request.Protocol);
}
