using Microsoft.AspNetCore.Http.Metadata;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// Removes the limit of request bodies from native gRPC endpoints. A gRPC call may have many messages, and gRPC limits each message with
/// RESOURCE_EXHAUSTED. The limit of request bodies would abort such a call; it is for REST.
/// </summary>
internal sealed class MessageLimitOnly : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => null;
}

/// <inheritdoc cref="MessageLimitOnly"/>
internal static class MessageLimitOnlyConvention
{
    public static GrpcServiceEndpointConventionBuilder WithMessageLimitOnly(this GrpcServiceEndpointConventionBuilder service) =>
        service.AddToNative(endpoint => endpoint.Metadata.Add(new MessageLimitOnly()));
}
