using System.Text.Json.Nodes;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The errors that operations answer with, all with the same body.</summary>
internal static class ErrorResponses
{
    private static readonly (int Status, string Description, Func<RestOperation, bool> Applies)[] All =
    [
        (StatusCodes.Status400BadRequest, "A value is wrong, or the body is malformed; the text names the property.", _ => true),
        (StatusCodes.Status401Unauthorized, "No credential, or a bad one; `WWW-Authenticate` names the schemes.", _ => true),
        (StatusCodes.Status403Forbidden, "The caller's role does not allow it.", _ => true),
        (
            StatusCodes.Status404NotFound, "It is not there.", operation =>
                operation is { IsAgent: false, IsVoid: false } && operation.Template.Parameters.Any()),
        (
            StatusCodes.Status409Conflict, "Another has that name, or a patch's `test` failed.", operation =>
                !operation.IsRead && operation.TakesBody),
        (
            StatusCodes.Status412PreconditionFailed, "It has been saved after the date of If-Unmodified-Since.", operation =>
                operation.TakesUnmodifiedSince),
        (StatusCodes.Status413PayloadTooLarge, "The body is larger than the server takes.", operation => operation.TakesBody),
        (
            StatusCodes.Status415UnsupportedMediaType, "The content type or its charset is none that is read.", operation =>
                operation.TakesBody),
        (StatusCodes.Status429TooManyRequests, "Too many calls, or more than one response holds.", _ => true),
        (StatusCodes.Status503ServiceUnavailable, "The service cannot take it now; nothing was done. Repeat it after `Retry-After` seconds.", _ => true),
        (StatusCodes.Status507InsufficientStorage, "The disk is full; nothing was done. Reads go on.", operation => !operation.IsRead),
    ];

    /// <summary>Puts all of them into the document's components.</summary>
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
                Content = new Dictionary<string, OpenApiMediaType> { [MediaTypes.Json] = new OpenApiMediaType { Schema = error, Example = example } },
            });
        }
    }

    /// <summary>Those of an operation, by reference and status.</summary>
    public static IEnumerable<(string Status, IOpenApiResponse Response)> Of(RestOperation operation, OpenApiDocument document) => All
        .Where(error => error.Applies(operation))
        .Select(error => (Name(error.Status), (IOpenApiResponse)new OpenApiResponseReference(Name(error.Status), document)));

    private static string Name(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
