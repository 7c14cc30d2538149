using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The JSON schemas of messages as the edge reads and writes them, gathered in the document's components.</summary>
internal sealed class Schemas(OpenApiDocument document, ProtoComments comments)
{
    private readonly HashSet<string> _known = [];

    /// <summary>The message by reference.</summary>
    public IOpenApiSchema Of(MessageSchema schema)
    {
        var name = schema.Descriptor.Name;
        if (_known.Add(name))
        {
            document.AddComponent(name, new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = comments.Of(schema.Descriptor),
                Properties = schema.Fields.ToDictionary(field => field.JsonName, Of),
                Required = schema.Fields.Where(field => field.IsRequired).Select(field => field.JsonName).ToHashSet(),
            });
        }

        return new OpenApiSchemaReference(name, document);
    }

    /// <summary>The message with the links that resources carry, by reference.</summary>
    public IOpenApiSchema WithLinks(MessageSchema schema, IEnumerable<string> links)
    {
        var name = schema.Descriptor.Name + ResponseShape.LinksTypeSuffix;
        if (_known.Add(name))
        {
            document.AddComponent(name, new OpenApiSchema
            {
                Description = $"A {schema.Descriptor.Name} and where to find it.",
                AllOf =
                [
                    Of(schema),
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            [ResponseShape.LinksProperty] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.Object,
                                ReadOnly = true,
                                Properties = links.ToDictionary(link => link, IOpenApiSchema (_) => Text("uri")),
                            },
                        },
                    },
                ],
            });
        }

        return new OpenApiSchemaReference(name, document);
    }

    /// <summary>A field's values.</summary>
    public IOpenApiSchema Of(FieldSchema field)
    {
        var schema = field switch
        {
            { IsMap: true } => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Item(field.MapValue) },
            { IsList: true } => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Item(field) },
            _ => Item(field),
        };
        if (field.HasPresence && !field.IsRequired)
        {
            schema = OrNull(schema);
        }

        if (schema is OpenApiSchema own)
        {
            own.Description = comments.Of(field.Descriptor);
            own.ReadOnly = field.IsOutputOnly;
            own.Examples = Examples.Of(field) is { } example ? [example] : null;
        }

        return schema;
    }

    /// <summary>The schema, or null.</summary>
    public static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Type: { } type } own)
        {
            own.Type = type | JsonSchemaType.Null;
            return own;
        }

        return new OpenApiSchema { AnyOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
    }

    private static OpenApiSchema Text(string? format = null) => new OpenApiSchema { Type = JsonSchemaType.String, Format = format };

    /// <summary>One value of a field, whether or not it has several.</summary>
    private IOpenApiSchema Item(FieldSchema field) => field.Type switch
    {
        FieldType.String => Text(),
        FieldType.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Message when field.IsTimestamp => Text("date-time"),
        FieldType.Message when field.IsAnyObject => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
        FieldType.Message when field.IsAnyJson => new OpenApiSchema(),
        FieldType.Message => Of(field.Message!),
        _ => throw new NotSupportedException($"The edge has no {field.Type}: {field.Descriptor.FullName}."),
    };
}
