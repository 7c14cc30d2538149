namespace ForeignGrpc.Server;

/// <summary>Tells native gRPC calls from REST calls, where both pass.</summary>
internal static class GrpcRequest
{
    public static bool IsGrpc(this HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) ?? false;
}
