namespace ForeignGrpc.Server.Calls;

/// <summary>Tells native gRPC calls, which HTTP/1 cannot carry, from REST calls, where both pass.</summary>
internal static class GrpcRequest
{
    public static bool IsGrpc(this HttpRequest request) =>
        request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
            && !HttpProtocol.IsHttp11(request.Protocol);
}
