using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Compresses what the request's Accept-Encoding asks for, by br or gzip. Not what has secrets: its length, when compressed, would tell of
/// them to who can choose a part of the answer. Not what the upstream server answers: it passes unchanged.
/// </summary>
internal sealed class AnswerCompression(IServiceProvider services, IOptions<ResponseCompressionOptions> options)
    : ResponseCompressionProvider(services, options)
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IResponseCompressionProvider, AnswerCompression>();
        services.Configure<ResponseCompressionOptions>(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = [.. MediaTypes.Writable, "text/html", "text/javascript", "application/javascript"];
        });
    }

    public override bool ShouldCompressResponse(HttpContext context) => base.ShouldCompressResponse(context)
        && Forwarded.Of(context) is null
        && context.GetEndpoint()?.Metadata.GetMetadata<RestOperation>() is not { IsSecret: true };
}
