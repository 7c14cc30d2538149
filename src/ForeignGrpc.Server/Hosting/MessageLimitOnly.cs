using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Metadata;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// A gRPC call may carry many messages, and gRPC limits each: one that is too large is RESOURCE_EXHAUSTED. The limit of
/// request bodies, which would break the call off in its own way, is for REST.
/// </summary>
internal sealed class MessageLimitOnly : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}

/// <inheritdoc cref="MessageLimitOnly"/>
internal static class MessageLimitOnlyConvention
{
    public static void WithMessageLimitOnly(this GrpcServiceEndpointConventionBuilder service) => service.Add(endpoint =>
    {
        if (!endpoint.Metadata.OfType<GrpcJsonTranscodingMetadata>().Any())
        {
            endpoint.Metadata.Add(new MessageLimitOnly());
        }
    });
}
