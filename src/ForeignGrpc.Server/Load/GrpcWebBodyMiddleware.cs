using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Settings;
using Grpc.AspNetCore.Web;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Prepares the body of a grpc-web call for `UseGrpcWeb`, which lets the rest of the server treat the call as native gRPC. Decodes a body
/// of base64, because the decoder of `UseGrpcWeb` fails with unexpected exceptions. Limits the body: it has one message, and the server
/// reads the rest of a rejected HTTP/1 request. Runs after routing.
/// </summary>
internal sealed class GrpcWebBodyMiddleware(RequestDelegate next, IOptions<KeyLimits> limits)
{
    /// <summary>The longest body, in bytes: base64 takes a third more than the message. gRPC itself limits the message.</summary>
    private readonly long _longest = 2L * limits.Value.BodyBytes;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.IsGrpcWeb() || context.GetEndpoint()?.Metadata.GetMetadata<IGrpcWebEnabledMetadata>() is not { GrpcWebEnabled: true })
        {
            await next(context);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = _longest;
        }

        await using var decoded = request.HasMediaType(GrpcRequest.WebText) ? new Base64Body(context) : null;
        if (decoded is not null)
        {
            request.ContentType = GrpcRequest.Web + request.ContentType![GrpcRequest.WebText.Length..];
        }

        await next(context);
    }
}
