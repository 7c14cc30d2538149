using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Rest;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The request headers of operations, except those of formats (`Accept`, `Content-Type`) and of credentials.</summary>
internal static class HeaderParameters
{
    private const string Date = "Sat, 31 Jan 2026 23:59:59 GMT";

    private static readonly (string Name, string Example, string Description, Func<RestOperation, bool> Applies)[] All =
    [
        (
            "Accept-Language", "nb, en;q=0.5", "Languages of texts with their quality values, as in RFC 9110.", operation =>
                !operation.IsVoid),
        (
            "SO-Language",
            "en",
            "Language of texts; overrides Accept-Language. With `*`, `x`, `-` or blank, texts are not translated.",
            operation => !operation.IsVoid),
        (
            "SO-Culture", "nb-NO", "Culture of numbers and dates within texts. Has an effect only together with a language.", operation =>
                !operation.IsVoid),
        (
            Conventions.TimeZoneHeader,
            "NO",
            "Time zone of dates: a documented code, an ISO code of a country with one zone, or an IANA name. Default: UTC.",
            operation => !operation.IsVoid),
        (
            "SO-AppToken", "4c2d0a1e", "Token of the calling application. Some servers require it together with a ticket.", _ => true),
        (
            "If-Modified-Since", Date, "The response is 304 if the resource was not saved after this date, to the second.", operation =>
                operation is { IsRead: true, Links: not null } && operation.Verb == HttpMethods.Get),
        (
            "If-Unmodified-Since",
            Date,
            "The response is 412, and nothing is changed, if the resource was saved after this date, to the second.",
            operation => operation.TakesUnmodifiedSince),
    ];

    /// <summary>Adds every header parameter to the components of the document.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, example, description, _) in All)
        {
            document.AddComponent<IOpenApiParameter>(name, new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Example = example,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }

    /// <summary>The header parameters of an operation, as references to the components.</summary>
    public static IEnumerable<IOpenApiParameter> Of(RestOperation operation, OpenApiDocument document) =>
        All.Where(header => header.Applies(operation)).Select(header => new OpenApiParameterReference(header.Name, document));
}
