using System.Buffers;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using ForeignSystem.V1;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest;

/// <summary>Reads a request's body into the request message.</summary>
internal static class RequestBody
{
    /// <exception cref="Failure">400: the body is malformed. 409: a test of a patch fails. 413: the body is too large. 415: the media
    /// type is not supported.</exception>
    public static async ValueTask ReadAsync(HttpContext context, RestOperation operation, IMessage request, DateTimeZone? zone)
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
                    var (format, encoding) = MediaTypes.OfBody(context.Request.ContentType, operation.ReadableTypes);
                    Parse(
                        result.Buffer, format, encoding, operation, operation.TakesBody ? request : operation.Response.NewMessage(), zone);
                }
            }
            finally
            {
                pipe.AdvanceTo(result.Buffer.End);
            }
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => Failure.BodyTooLarge(),
                StatusCodes.Status408RequestTimeout => Failure.BodyTooSlow(NotAsAnnounced()),
                _ => Failure.Malformed(NotAsAnnounced()),
            };
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw Failure.Malformed(NotAsAnnounced());
        }
    }

    /// <summary>
    /// Reads the body of an operation that takes none, only to check <see cref="RestOperation.MistakenBody"/>. Such a body is read as the
    /// response of the operation.
    /// </summary>
    private static void Parse(
        in ReadOnlySequence<byte> body,
        BodyFormat format,
        Encoding? encoding,
        RestOperation operation,
        IMessage request,
        DateTimeZone? zone)
    {
        var (schema, mistaken) = (MessageSchema.Of(request.Descriptor), operation.MistakenBody);
        switch (format)
        {
            case BodyFormat.Xml when operation.BodyField is { } field:
                XmlMessageReader.ReadField(body, encoding, request, field, zone, mistaken);
                break;
            case BodyFormat.Xml:
                XmlMessageReader.Read(body, encoding, request, schema, zone, mistaken);
                break;
            case BodyFormat.Form:
                var target = operation.BodyField?.Set(request) ?? request;
                FormMessageReader.Read(BodyText.Decode(body, encoding), target, MessageSchema.Of(target.Descriptor), zone, mistaken);
                break;
            case BodyFormat.JsonPatch or BodyFormat.MergePatch when operation.ChangesField is { } changes:
                ReadJson(body, encoding, changes, request, zone, mistaken);
                break;
            case BodyFormat.JsonPatch when !operation.TakesPatch:
                Patch(ToUtf8(body, encoding), operation.PatchRequest!, operation.BodyField?.Set(request) ?? request, zone, mistaken);
                break;
            default:
                // A merge patch of a blank message is the result.
                ReadJson(body, encoding, operation.BodyField, request, zone, mistaken);
                break;
        }
    }

    private static void ReadJson(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        FieldSchema? field,
        IMessage request,
        DateTimeZone? zone,
        MessageSchema? mistaken)
    {
        var json = new JsonMessageReader(zone, mistaken);
        if (field is null)
        {
            json.Read(ToUtf8(body, encoding), request, MessageSchema.Of(request.Descriptor));
        }
        else
        {
            json.ReadField(ToUtf8(body, encoding), request, field);
        }
    }

    /// <summary>Applies a JSON Patch to a blank message.</summary>
    private static void Patch(
        in ReadOnlySequence<byte> json, MessageSchema schema, IMessage message, DateTimeZone? zone, MessageSchema? mistaken)
    {
        var patch = schema.NewMessage();
        new JsonMessageReader(zone).ReadField(json, patch, schema.Patch!);
        var changes = (IReadOnlyList<PatchOperation>)schema.Patch!.Accessor.GetValue(patch);
        foreach (var change in changes)
        {
            UnknownProperties.RequireOwn(change.Path.AsSpan().TrimStart('/'), mistaken);
        }

        MessagePatch.Apply(message, changes, zone);
    }

    private static Text NotAsAnnounced() => Texts.Of($"The body could not be read: it does not match its headers.");

    private static ReadOnlySequence<byte> ToUtf8(in ReadOnlySequence<byte> body, Encoding? encoding) =>
        encoding is null or UTF8Encoding ? body : new(Encoding.UTF8.GetBytes(BodyText.Decode(body, encoding)));
}
