using ForeignGrpc.Server.Rest;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The request headers that mean something to operations, beside those of the formats and of credentials.</summary>
internal static class HeaderParameters
{
    private static readonly (string Name, string Description, Func<RestOperation, bool> Applies)[] All =
    [
        ("Accept-Language", "The languages that texts should be in, with their quality, as in RFC 9110.", operation => !operation.IsVoid),
        ("SO-Language", "The language that texts should be in; beats Accept-Language. `*`, `x`, `-` or blank leave them as they are.", operation => !operation.IsVoid),
        ("SO-Culture", "How numbers and dates within texts are written; only with a language.", operation => !operation.IsVoid),
        ("SO-TimeZone", "The time zone of dates: a documented code, an ISO country code with one zone, or an IANA name. UTC unless given.", operation => !operation.IsVoid),
        ("SO-AppToken", "The calling application's token, where the service requires one beside a ticket.", _ => true),
        (
            "If-Modified-Since", "Answers 304 if nothing has been saved after this date, by whole seconds.", operation =>
                operation is { IsRead: true, Links: not null } && operation.Verb == HttpMethods.Get),
        (
            "If-Unmodified-Since", "Does nothing, and answers 412, if it has been saved after this date, by whole seconds.", operation =>
                operation.TakesUnmodifiedSince),
    ];

    /// <summary>Puts all of them into the document's components.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, description, _) in All)
        {
            document.AddComponent<IOpenApiParameter>(name, new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    /// <summary>Those of an operation, by reference.</summary>
    public static IEnumerable<IOpenApiParameter> Of(RestOperation operation, OpenApiDocument document) =>
        All.Where(header => header.Applies(operation)).Select(header => new OpenApiParameterReference(header.Name, document));
}
