using System.Text.Json.Nodes;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The bodies of requests, in every content type that an operation takes.</summary>
internal static class RequestBodies
{
    /// <summary>The body of an operation that takes one.</summary>
    public static OpenApiRequestBody Of(RestOperation operation, Schemas schemas) => new()
    {
        Description = (operation.TakesPatch ? "A list of operations, or an object, which is a merge patch. " : "")
            + "In UTF-8, unless the content type names another charset.",
        Required = operation.BodyField?.IsRequired ?? operation.Request.Fields.Any(field => field.IsRequired),
        Content = operation.ReadableTypes.ToDictionary(type => type, type => MediaType(operation, type, schemas)),
    };

    /// <summary>
    /// A patch is a list of operations in all types but that of merge patches. An object in its place is a merge patch; generators would
    /// make a class of such a choice.
    /// </summary>
    private static OpenApiMediaType MediaType(RestOperation operation, string type, Schemas schemas) =>
        type == MediaTypes.JsonPatch || (operation.TakesPatch && type != MediaTypes.MergePatch)
            ? new OpenApiMediaType
            {
                Schema = schemas.Patch(),
                Example = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/Name", ["value"] = "erp" }),
            }
            : new OpenApiMediaType { Schema = Changed(operation, schemas) };

    /// <summary>The object in the body. As a merge patch, a body has those of its properties that change.</summary>
    private static IOpenApiSchema Changed(RestOperation operation, Schemas schemas) =>
        schemas.Of(operation switch
        {
            { TakesPatch: true } => operation.Response,
            { BodyField: { Message: { } message } } => message,
            _ => operation.Request,
        });
}
