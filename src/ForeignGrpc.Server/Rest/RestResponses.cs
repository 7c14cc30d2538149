using System.Buffers;
using System.Globalization;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>Writes results and errors as REST responses.</summary>
internal static class RestResponses
{
    /// <summary>The program that answers, as errors name it.</summary>
    public const string Source = "ForeignGrpc";

    /// <summary>The headers that a response depends on.</summary>
    private const string Vary = "Accept, Accept-Encoding, Accept-Language, SO-Language, SO-Culture, SO-TimeZone";

    [ThreadStatic]
    private static AnswerBuffer? _buffer;

    /// <summary>Writes a message, or the bare value of one of its fields. As JSON, whatever was asked for, when it has a character
    /// that XML cannot carry: an operation that is done must not end in an error.</summary>
    public static Task WriteAsync(
        HttpContext context,
        int status,
        string mediaType,
        IMessage message,
        FieldSchema? bareField = null,
        ResponseShape shape = default,
        Conventions? conventions = null)
    {
        var buffer = Buffer(context);
        conventions ??= Conventions.Default;
        if (!MediaTypes.IsXml(mediaType))
        {
            JsonMessageWriter.Write(buffer, message, bareField, shape, conventions);
        }
        else if (!XmlMessageWriter.TryWrite(buffer, message, bareField, shape, conventions))
        {
            mediaType = MediaTypes.Json;
            buffer = Buffer(context);
            JsonMessageWriter.Write(buffer, message, bareField, shape, conventions);
        }

        return SendAsync(context, status, mediaType, buffer);
    }

    /// <summary>Writes the response of an agent that found nothing: null or an empty list.</summary>
    public static Task WriteNothingAsync(HttpContext context, string mediaType, MessageSchema schema, FieldSchema? bareField)
    {
        var buffer = Buffer(context);
        if (MediaTypes.IsXml(mediaType))
        {
            XmlMessageWriter.WriteNothing(buffer, schema, bareField);
        }
        else
        {
            buffer.Write(bareField is { IsList: true } ? "[]"u8 : "null"u8);
        }

        return SendAsync(context, StatusCodes.Status200OK, mediaType, buffer);
    }

    /// <summary>
    /// Tells caches to ask the server before each use of a response, and to serve none to other callers; where responses have secrets, to
    /// store none.
    /// </summary>
    public static void SetCacheControl(HttpContext context) => context.Response.Headers.CacheControl =
        context.GetEndpoint()?.Metadata.GetMetadata<RestOperation>() is { IsSecret: true } ? "no-store" : "private, no-cache";

    /// <summary>
    /// Answers a failure in the language of the call, with fields by their documented names. Before the response has started.
    /// </summary>
    public static Task WriteFailureAsync(HttpContext context, Failure failure)
    {
        if (failure.RetryAfter is { } delay)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (failure.Reason == FailureReasons.UnsupportedEncoding)
        {
            context.Response.Headers.AcceptEncoding = DecodedBody.Codings;
        }

        return WriteErrorAsync(context, RestFailures.StatusOf(failure), failure.In(CallLanguage.Of(context)));
    }

    /// <summary>Writes the documented error body. Before the response has started.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string message)
    {
        var mediaType = MediaTypes.Negotiate(context.Request.Headers.Accept);
        return WriteAsync(context, status, mediaType, new ErrorCarrier
        {
            IsError = true,
            ErrorType = ErrorType(status),
            ErrorMessage = message,
            PlainMessage = message,
            ErrorSource = Source,
            TraceId = TraceId.Of(context),
        });
    }

    /// <summary>The documented kind of error of a status.</summary>
    public static string ErrorType(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "SoAuthenticationException",
        StatusCodes.Status403Forbidden => "SoSentryException",
        StatusCodes.Status404NotFound => "SoNotFoundException",
        StatusCodes.Status405MethodNotAllowed => "MethodNotAllowedException",
        StatusCodes.Status409Conflict => "ConflictException",
        StatusCodes.Status412PreconditionFailed => "PreconditionFailedException",
        StatusCodes.Status413PayloadTooLarge => "PayloadTooLargeException",
        StatusCodes.Status415UnsupportedMediaType => "UnsupportedMediaTypeException",
        StatusCodes.Status429TooManyRequests => "TooManyRequestsException",
        StatusCodes.Status503ServiceUnavailable => "ServiceUnavailableException",
        StatusCodes.Status507InsufficientStorage => "InsufficientStorageException",
        >= 500 => "SoException",
        _ => "ArgumentException",
    };

    /// <summary>
    /// This thread's buffer, empty. What a read answers is counted while it is rendered; a write that is done must not end in an error.
    /// </summary>
    private static AnswerBuffer Buffer(HttpContext context)
    {
        var buffer = _buffer ??= new AnswerBuffer();
        buffer.Begin(context.GetEndpoint()?.Metadata.GetMetadata<RestOperation>() is { IsRead: true }
            ? length => context.RequestServices.GetRequiredService<LargeAnswers>().Count(context, length)
            : null);
        return buffer;
    }

    private static Task SendAsync(HttpContext context, int status, string mediaType, AnswerBuffer body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.Vary = Vary;
        response.Headers.XContentTypeOptions = "nosniff";
        SetCacheControl(context);
        if (CallLanguage.Of(context) is { } language)
        {
            response.Headers.ContentLanguage = status < StatusCodes.Status400BadRequest ? language.Language : Texts.LanguageOf(language);
        }

        response.ContentType = MediaTypes.WithCharset(mediaType);
        response.ContentLength = body.Length;
        if (body.IsLarge)
        {
            return SendAsync(response, body.Take(), context.RequestAborted);
        }

        body.MoveTo(response.BodyWriter);
        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>Sends piece by piece, as fast as the caller reads.</summary>
    private static async Task SendAsync(HttpResponse response, List<ArraySegment<byte>> pieces, CancellationToken cancellationToken)
    {
        var sent = 0;
        try
        {
            for (; sent < pieces.Count; sent++)
            {
                await response.BodyWriter.WriteAsync(pieces[sent], cancellationToken);
                ArrayPool<byte>.Shared.Return(pieces[sent].Array!);
            }
        }
        finally
        {
            for (; sent < pieces.Count; sent++)
            {
                ArrayPool<byte>.Shared.Return(pieces[sent].Array!);
            }
        }
    }
}
