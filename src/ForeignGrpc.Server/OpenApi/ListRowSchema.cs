using ForeignGrpc.Server.Operations;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The schema of the list's rows: `PrimaryKey`, `EntityName`, and the columns that the request selects.</summary>
internal static class ListRowSchema
{
    public const string Name = "ForeignKeyRow";

    private const string Key = "PrimaryKey";
    private const string Entity = "EntityName";

    /// <summary>Makes the schema.</summary>
    public static OpenApiSchema Make()
    {
        var columns = ListColumns.All.Select(column => (Name: ListColumns.Name(column), Kind: ListColumns.KindOf(column)));
        var row = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "An application, device and key, with the columns that the request selects.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                [Key] = Text("Key of the row.", "1"),
                [Entity] = Text("What the row is: `foreignKey`.", "foreignKey"),
            },
            Required = new HashSet<string> { Key, Entity },
        };
        foreach (var (name, kind) in columns)
        {
            row.Properties.Add(name, kind switch
            {
                ListTypes.Number => Number($"The column {name}; 0 where there is none."),
                ListTypes.Date => Text(
                    $"The column {name}: a date of ISO 8601; `0001-01-01T00:00:00` where there is none.", "2026-01-31T23:59:59Z"),
                _ => Text($"The column {name}; blank where there is none.", "erp"),
            });
        }

        return row;
    }

    private static OpenApiSchema Text(string description, string example) =>
        new() { Type = JsonSchemaType.String, Description = description, Examples = [example] };

    private static OpenApiSchema Number(string description) =>
        new() { Type = JsonSchemaType.Integer, Format = "int32", Description = description, Examples = [1] };
}
