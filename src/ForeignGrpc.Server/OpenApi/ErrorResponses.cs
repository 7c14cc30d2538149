using System.Text.Json.Nodes;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The error responses of operations. All have the same body.</summary>
internal static class ErrorResponses
{
    private static readonly (int Status, string Description, Func<RestOperation, bool> Applies)[] All =
    [
        (StatusCodes.Status400BadRequest, "A value is invalid or the body is malformed. The message names the property.", _ => true),
        (StatusCodes.Status401Unauthorized, "The credential is missing or invalid. `WWW-Authenticate` names the schemes.", _ => true),
        (StatusCodes.Status403Forbidden, "The caller is not authorized for this operation.", _ => true),
        (
            StatusCodes.Status404NotFound, "The resource does not exist.", operation =>
                operation is { IsAgent: false, IsVoid: false } && operation.Template.Parameters.Any()),
        (
            StatusCodes.Status409Conflict, "Another resource has that name, or a `test` of a patch failed.", operation =>
                !operation.IsRead && operation.TakesBody),
        (
            StatusCodes.Status412PreconditionFailed, "The resource was saved after the date in If-Unmodified-Since.", operation =>
                operation.TakesUnmodifiedSince),
        (StatusCodes.Status413PayloadTooLarge, "The body is larger than the server accepts.", operation => operation.TakesBody),
        (
            StatusCodes.Status415UnsupportedMediaType,
            "The content type, charset or content coding of the body is not supported.",
            operation => operation.TakesBody),
        (StatusCodes.Status429TooManyRequests, "There are too many calls, or the result is too large for one response.", _ => true),
        (
            StatusCodes.Status503ServiceUnavailable,
            "The server cannot process the call now. Nothing was changed. Retry after `Retry-After` seconds.",
            _ => true),
        (
            StatusCodes.Status507InsufficientStorage, "The disk is full. Nothing was changed. Reads still succeed.", operation =>
                !operation.IsRead),
    ];

    /// <summary>Adds every error response to the components of the document.</summary>
    public static void AddTo(OpenApiDocument document, Schemas schemas)
    {
        var error = schemas.Of(MessageSchema.Of(ErrorCarrier.Descriptor));
        foreach (var (status, description, _) in All)
        {
            var example = new JsonObject
            {
                ["Error"] = true,
                ["ErrorType"] = RestResponses.ErrorType(status),
                ["ErrorMessage"] = description,
                ["Message"] = description,
                ["ErrorSource"] = RestResponses.Source,
                ["TraceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
            };
            document.AddComponent<IOpenApiResponse>(Name(status), new OpenApiResponse
            {
                Description = description,
                Headers = ResponseHeaders.Of(document, Headers(status)),
                Content = new Dictionary<string, OpenApiMediaType> { [MediaTypes.Json] = new() { Schema = error, Example = example } },
            });
        }
    }

    /// <summary>The error responses of an operation: status and reference to the component.</summary>
    public static IEnumerable<(string Status, IOpenApiResponse Response)> Of(RestOperation operation, OpenApiDocument document) => All
        .Where(error => error.Applies(operation))
        .Select(error => (Name(error.Status), (IOpenApiResponse)new OpenApiResponseReference(Name(error.Status), document)));

    private static IEnumerable<string> Headers(int status) =>
    [
        ResponseHeaders.Cache, ResponseHeaders.Language,
        .. status switch
        {
            StatusCodes.Status401Unauthorized => [ResponseHeaders.Authenticate],
            StatusCodes.Status415UnsupportedMediaType => [ResponseHeaders.AcceptEncoding],
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => [ResponseHeaders.RetryAfter],
            _ => Array.Empty<string>(),
        },
    ];

    private static string Name(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
