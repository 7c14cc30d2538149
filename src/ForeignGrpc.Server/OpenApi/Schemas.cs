using System.Text.Json.Nodes;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using ForeignSystem.V1;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The JSON schemas of messages as the edge reads and writes them, gathered in the document's components.</summary>
/// <param name="document">The document.</param>
/// <param name="version">The version of OpenAPI that the document is written in.</param>
/// <param name="comments">The descriptions.</param>
/// <param name="facts">What values fields have.</param>
/// <param name="partial">The messages of which callers may give, or ask for, some properties only. The others are null.</param>
internal sealed class Schemas(
    OpenApiDocument document, OpenApiSpecVersion version, ProtoComments comments, FieldFacts facts, IReadOnlySet<MessageSchema> partial)
{
    private const string LinksType = "ResourceLinks";

    private static readonly FieldDescriptor ListRows =
        ODataSlimResponse.Descriptor.FindFieldByNumber(ODataSlimResponse.ListRowsFieldNumber);

    private readonly HashSet<string> _known = [];

    /// <summary>The message by reference.</summary>
    public IOpenApiSchema Of(MessageSchema schema) => Component(schema.Descriptor.Name, () => new OpenApiSchema
    {
        Type = JsonSchemaType.Object,
        Description = comments.Of(schema.Descriptor),
        Properties = schema.Fields.ToDictionary(field => field.JsonName, field => Property(field, partial.Contains(schema))),
        Required = schema.Fields
            .Where(field => partial.Contains(schema) ? field.IsRequired : !field.IsOnlyIfSet)
            .Select(field => field.JsonName).ToHashSet(),
    });

    /// <summary>The message with the links that resources carry, by reference.</summary>
    public IOpenApiSchema WithLinks(MessageSchema schema, IEnumerable<string> links) => Component(
        schema.Descriptor.Name + ResponseShape.LinksTypeSuffix, () => new OpenApiSchema
        {
            Description = $"A {schema.Descriptor.Name} and where to find it.",
            AllOf =
            [
                Of(schema),
                new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema> { [ResponseShape.LinksProperty] = Links(links) },
                    Required = new HashSet<string> { ResponseShape.LinksProperty },
                },
            ],
        });

    /// <summary>A list of a patch's operations.</summary>
    public OpenApiSchema Patch() => new() { Type = JsonSchemaType.Array, Items = Of(MessageSchema.Of(PatchOperation.Descriptor)) };

    /// <summary>A field's values.</summary>
    public IOpenApiSchema Of(FieldSchema field) => field switch
    {
        { IsMap: true } => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Item(field.MapValue) },
        { IsList: true } => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Item(field) },
        _ => Item(field),
    };

    /// <summary>The comment of a field.</summary>
    public string? Description(FieldSchema field) => comments.Of(field.Descriptor);

    /// <summary>The schema, or null.</summary>
    public OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema own)
        {
            own.Type |= JsonSchemaType.Null;
            return own;
        }

        return new OpenApiSchema { OneOf = [schema, Null()] };
    }

    /// <summary>Only null. OpenAPI 3.0 has no such type, and takes null for an object that may be null.</summary>
    private OpenApiSchema Null() => version == OpenApiSpecVersion.OpenApi3_0
        ? new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, Enum = [JsonNullSentinel.JsonNull] }
        : new OpenApiSchema { Type = JsonSchemaType.Null };

    private IOpenApiSchema Property(FieldSchema field, bool isPartial)
    {
        var schema = Of(field);
        if (!field.IsRequired && (isPartial || field.HasPresence))
        {
            schema = OrNull(schema);
        }

        if (schema is OpenApiSchema own)
        {
            own.Description = Description(field);
            own.ReadOnly = field.IsOutputOnly;
            own.Examples = FieldFacts.Example(field) is { } example ? [example] : null;
        }

        return schema;
    }

    private OpenApiSchemaReference Links(IEnumerable<string> links) => Component(LinksType, () => new OpenApiSchema
    {
        Type = JsonSchemaType.Object,
        Description = "Addresses of a resource and of the list that it belongs to.",
        ReadOnly = true,
        Properties = links.ToDictionary(
            link => link, IOpenApiSchema (_) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri" }),
        Required = links.ToHashSet(),
    });

    private OpenApiSchemaReference Rows() => Component(ListRowSchema.Name, ListRowSchema.Make);

    /// <summary>The component of a name, by reference.</summary>
    private OpenApiSchemaReference Component(string name, Func<OpenApiSchema> make)
    {
        if (_known.Add(name))
        {
            document.AddComponent(name, make());
        }

        return new OpenApiSchemaReference(name, document);
    }

    /// <summary>One value of a field, whether or not it has several.</summary>
    private IOpenApiSchema Item(FieldSchema field) => field.Type switch
    {
        FieldType.String => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MinLength = FieldFacts.Shortest(field),
            MaxLength = facts.Longest(field),
            Enum = FieldFacts.Enum(field)?.Select(value => (JsonNode)value).ToList(),
        },
        FieldType.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = FieldFacts.Least(field) },
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Message when field.IsTimestamp => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        FieldType.Message when field.Descriptor == ListRows => Rows(),
        FieldType.Message when field.IsAnyObject => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true },
        FieldType.Message when field.IsAnyJson => new OpenApiSchema(),
        FieldType.Message => Of(field.Message!),
        _ => throw new NotSupportedException($"The edge has no {field.Type}: {field.Descriptor.FullName}."),
    };
}
