using System.Text.Json.Nodes;
using ForeignGrpc.Server.Localization;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The headers of responses that callers read. A response refers to those that it has.</summary>
internal static class ResponseHeaders
{
    public const string AcceptEncoding = "Accept-Encoding";
    public const string Authenticate = "WWW-Authenticate";
    public const string Cache = "Cache-Control";
    public const string Language = "Content-Language";
    public const string LastModified = "Last-Modified";
    public const string RetryAfter = "Retry-After";
    public const string TimeZone = Conventions.TimeZoneHeader;

    private static readonly (string Name, JsonNode Example, string Description)[] All =
    [
        (AcceptEncoding, "gzip, br, deflate", "The content codings that request bodies may have, if the coding of the body is not one."),
        (Authenticate, "Basic realm=\"ForeignGrpc\", charset=\"UTF-8\"", "The schemes of credentials that the server accepts."),
        (Cache, "private, no-cache", "Whether caches may keep the response."),
        (Language, "en", "The language of texts, if the request chooses one."),
        (LastModified, "Sat, 31 Jan 2026 23:59:59 GMT", "When the resource was last saved; of a list, the most recent save."),
        (RetryAfter, 1, "After how many seconds to repeat the call, if repeating it can help."),
        (TimeZone, "Europe/Oslo", "The time zone of dates, if the request chooses one."),
    ];

    /// <summary>Adds every header to the components of the document.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, example, description) in All)
        {
            document.AddComponent<IOpenApiHeader>(name, new OpenApiHeader
            {
                Description = description,
                Example = example.DeepClone(),
                Schema = name == RetryAfter
                    ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" }
                    : new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    /// <summary>The headers with these names, as references to the components.</summary>
    public static Dictionary<string, IOpenApiHeader> Of(OpenApiDocument document, params IEnumerable<string> names) =>
        names.ToDictionary(name => name, IOpenApiHeader (name) => new OpenApiHeaderReference(name, document));
}
