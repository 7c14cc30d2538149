using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;

namespace ForeignGrpc.Server.Rest;

/// <summary>Writes results and errors.</summary>
internal static class RestResponses
{
    /// <summary>The program that answers, as errors name it.</summary>
    public const string Source = "ForeignGrpc";

    private const int KeepAtMost = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Writes a message, or the bare value of one of its fields.</summary>
    public static async Task WriteAsync(
        HttpContext context, int status, string mediaType, IMessage message, FieldShape? bareField = null, Presentation presentation = default)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        JsonMessageWriter.Write(buffer, message, bareField, presentation);
        if (buffer.Capacity > KeepAtMost)
        {
            _buffer = null;
        }

        Put(context.Response, status, mediaType, buffer.WrittenSpan);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes what an agent answers when there is nothing to return.</summary>
    public static async Task WriteNothingAsync(HttpContext context, string mediaType, bool isList)
    {
        Put(context.Response, StatusCodes.Status200OK, mediaType, isList ? "[]"u8 : "null"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes the documented error body. Before the response has started.</summary>
    public static Task WriteErrorAsync(HttpContext context, RestException error)
    {
        if (error.RetryAfter is { } delay)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, error.Status, MediaTypes.Json, new ErrorCarrier
        {
            IsError = true,
            ErrorType = ErrorType(error.Status),
            ErrorMessage = error.Message,
            PlainMessage = error.Message,
            ErrorSource = Source,
            TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
        });
    }

    /// <summary>The documented kind of error of a status.</summary>
    public static string ErrorType(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "SoAuthenticationException",
        StatusCodes.Status403Forbidden => "SoSentryException",
        StatusCodes.Status404NotFound => "SoNotFoundException",
        StatusCodes.Status405MethodNotAllowed => "MethodNotAllowedException",
        StatusCodes.Status406NotAcceptable => "NotAcceptableException",
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

    private static void Put(HttpResponse response, int status, string mediaType, ReadOnlySpan<byte> body)
    {
        response.StatusCode = status;
        response.ContentType = $"{mediaType}; charset=utf-8";
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
    }
}
