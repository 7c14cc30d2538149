using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The native gRPC endpoints of a service, without its REST endpoints.</summary>
internal static class NativeEndpoints
{
    /// <summary>Changes each native endpoint.</summary>
    public static GrpcServiceEndpointConventionBuilder AddToNative(
        this GrpcServiceEndpointConventionBuilder service, Action<EndpointBuilder> change)
    {
        service.Add(endpoint =>
        {
            if (!endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().Any())
            {
                change(endpoint);
            }
        });
        return service;
    }
}
