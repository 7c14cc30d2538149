using Grpc.AspNetCore.Web;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The gRPC endpoints that pages of browsers can call, by grpc-web: all native endpoints, and no REST endpoint.</summary>
internal static class GrpcWebEndpoints
{
    public static GrpcServiceEndpointConventionBuilder WithGrpcWeb(this GrpcServiceEndpointConventionBuilder service) =>
        service.AddToNative(endpoint => endpoint.Metadata.Add(new EnableGrpcWebAttribute()));
}
