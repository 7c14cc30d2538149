using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Rest.Formats;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The parameters of operations in the path and the query.</summary>
internal static class RequestParameters
{
    public static IEnumerable<IOpenApiParameter> Of(RestOperation operation, Schemas schemas)
    {
        foreach (var (_, path) in operation.Template.Parameters)
        {
            yield return Parameter(path.Field, path.Field.PathName, ParameterLocation.Path, isRequired: true, schemas);
        }

        foreach (var field in operation.QueryFields)
        {
            yield return Parameter(field, field.QueryName, ParameterLocation.Query, field.IsRequired, schemas);
        }

        if (operation.TakesSelect)
        {
            yield return new OpenApiParameter
            {
                Name = ResponseShape.SelectQuery,
                In = ParameterLocation.Query,
                Description = "Names of the properties to return, separated by commas. The other properties are null. Default: all.",
                Example = string.Join(',', operation.Response.Fields.Take(2).Select(field => field.JsonName)),
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }
    }

    private static OpenApiParameter Parameter(
        FieldSchema field, string name, ParameterLocation location, bool isRequired, Schemas schemas)
    {
        var schema = (OpenApiSchema)schemas.Of(field);
        if (schema.Enum is not null)
        {
            // Generators name the type by its title. By the parameter alone some would name it `_format`.
            schema.Title = string.Concat(field.Descriptor.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        }

        return new OpenApiParameter
        {
            Name = name,
            In = location,
            Required = isRequired,
            Description = schemas.Description(field),
            Example = FieldFacts.Example(field),
            Schema = schema,
        };
    }
}
