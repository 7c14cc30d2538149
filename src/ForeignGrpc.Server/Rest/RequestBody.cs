using System.Buffers;
using System.Text;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>Reads a request's body into the request message.</summary>
internal static class RequestBody
{
    /// <exception cref="RestException">400, 413 or 415: the body is malformed, too large, or of a type that is not read.</exception>
    public static async ValueTask ReadAsync(HttpContext context, RestOperation operation, IMessage request)
    {
        var pipe = context.Request.BodyReader;
        try
        {
            var result = await pipe.ReadAsync(context.RequestAborted);
            while (!result.IsCompleted)
            {
                pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                result = await pipe.ReadAsync(context.RequestAborted);
            }

            try
            {
                if (!result.Buffer.IsEmpty)
                {
                    Parse(Decode(result.Buffer, MediaTypes.ReadableEncoding(context.Request.ContentType, operation.TakesPatch)), operation, request);
                }
            }
            finally
            {
                pipe.AdvanceTo(result.Buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            throw new RestException(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? "The body is larger than this server takes (setting Limits:BodyBytes)."
                : "The body could not be read as its headers announce it.");
        }
    }

    private static void Parse(in ReadOnlySequence<byte> json, RestOperation operation, IMessage request)
    {
        if (operation.BodyField is { } field)
        {
            JsonMessageReader.ReadField(json, request, field);
        }
        else
        {
            JsonMessageReader.Read(json, request, operation.Request);
        }
    }

    private static ReadOnlySequence<byte> Decode(in ReadOnlySequence<byte> body, Encoding? encoding)
    {
        if (encoding is null)
        {
            return body;
        }

        try
        {
            return new(Encoding.Convert(encoding, Encoding.UTF8, body.ToArray()));
        }
        catch (DecoderFallbackException)
        {
            throw new RestException(StatusCodes.Status400BadRequest, $"The body is not {encoding.WebName} as its Content-Type says.");
        }
    }
}
