using Grpc.AspNetCore.Web;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The gRPC endpoints that pages of browsers can call, by grpc-web: all native endpoints, and no REST endpoint.</summary>
internal static class GrpcWebEndpoints
{
    public static void WithGrpcWeb(this GrpcServiceEndpointConventionBuilder service) => service.Add(endpoint =>
    {
        if (!endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().Any())
        {
            endpoint.Metadata.Add(new EnableGrpcWebAttribute());
        }
    });
}
