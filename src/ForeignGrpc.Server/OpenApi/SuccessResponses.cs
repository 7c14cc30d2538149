using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The responses of calls that succeed. Operations that return the same share a component.</summary>
internal sealed class SuccessResponses(OpenApiDocument document, Schemas schemas)
{
    private const string Done = "Done";
    private const string NotModified = "NotModified";

    private readonly HashSet<string> _known = [];

    /// <summary>The responses of an operation: status and reference to the component.</summary>
    public IEnumerable<(string Status, IOpenApiResponse Response)> Of(RestOperation operation)
    {
        if (operation.IsVoid)
        {
            yield return ("204", Component(Done, () => new OpenApiResponse
            {
                Description = "Done.",
                Headers = ResponseHeaders.Of(document, ResponseHeaders.Cache),
            }));
            yield break;
        }

        yield return ("200", Component(Name(operation), () => Result(operation)));
        if (operation is { IsRead: true, Links: not null } && operation.Verb == HttpMethods.Get)
        {
            yield return ("304", Component(NotModified, () => new OpenApiResponse
            {
                Description = "The resource was not saved after the date in If-Modified-Since.",
                Headers = ResponseHeaders.Of(document, ResponseHeaders.Cache, ResponseHeaders.LastModified),
            }));
        }
    }

    private OpenApiResponse Result(RestOperation operation)
    {
        var content = MediaTypes.Writable.ToDictionary(
            type => type, _ => new OpenApiMediaType { Schema = Schema(operation) });
        return new OpenApiResponse
        {
            Description = (MayBeNull(operation) ? "The result; null if nothing was found." : "The result.") + " In UTF-8.",
            Headers = ResponseHeaders.Of(document, Headers(operation)),
            Content = content,
        };
    }

    private static IEnumerable<string> Headers(RestOperation operation) =>
    [
        ResponseHeaders.Cache, ResponseHeaders.Language, ResponseHeaders.TimeZone,
        .. HasDate(operation) ? [ResponseHeaders.LastModified] : Array.Empty<string>(),
    ];

    /// <summary>The name of what the operation returns, with what else tells its response from others.</summary>
    private static string Name(RestOperation operation)
    {
        var name = operation switch
        {
            { ResponseField: { Message: { } item, IsList: true } } => item.Descriptor.Name + "List",
            { ResponseField: { Message: { } message } } => message.Descriptor.Name,
            { ResponseField: { IsMap: true, MapValue: var value } } =>
                (value.Message?.Descriptor.Name ?? $"{value.Type}") + "Dictionary",
            { ResponseField: { } field } => field.Type + (field.IsList ? "List" : ""),
            { Links: not null } => operation.Response.Descriptor.Name + ResponseShape.LinksTypeSuffix,
            _ => operation.Response.Descriptor.Name,
        };
        return name + (MayBeNull(operation) ? "OrNull" : "") + (HasDate(operation) ? "Dated" : "");
    }

    private IOpenApiSchema Schema(RestOperation operation)
    {
        var schema = operation switch
        {
            { ResponseField: { } field } => schemas.Of(field),
            { Links: not null } => schemas.WithLinks(operation.Response, ResourceLinks.Names),
            _ => schemas.Of(operation.Response),
        };
        return MayBeNull(operation) ? schemas.OrNull(schema) : schema;
    }

    /// <summary>Whether the operation answers null where there is nothing to read.</summary>
    private static bool MayBeNull(RestOperation operation) =>
        operation is { IsAgent: true, IsRead: true, AnswersBlank: false, ResponseField: null or { IsList: false, IsMap: false } };

    /// <summary>Whether the response says when what it returns was saved.</summary>
    private static bool HasDate(RestOperation operation) => operation.Verb == HttpMethods.Get
        && (operation.ResponseField is { } field ? field is { IsList: true } ? field.Message : null : operation.Response)
            ?.LastModified is not null;

    private OpenApiResponseReference Component(string name, Func<OpenApiResponse> make)
    {
        if (_known.Add(name))
        {
            document.AddComponent<IOpenApiResponse>(name, make());
        }

        return new OpenApiResponseReference(name, document);
    }
}
