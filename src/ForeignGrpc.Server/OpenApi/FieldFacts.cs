using System.Text.Json.Nodes;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>
/// What values fields have, by the name of the field in the protos: an example, the length, the only values, the least number.
/// </summary>
internal sealed class FieldFacts(KeyLimits limits)
{
    /// <summary>The values fit together.</summary>
    private static readonly Dictionary<string, JsonNode> Examples = new()
    {
        ["app_name"] = "erp",
        ["application_name"] = "erp",
        ["associate_full_name"] = "Terje Development",
        ["context_identifier"] = "Cust12345",
        ["count_rows"] = true,
        ["created_by"] = "Terje Development",
        ["created_date"] = "2026-01-31T23:59:59Z",
        ["device_identifier"] = "SN-4711",
        ["device_name"] = "unit-1",
        ["entity_id"] = 7,
        ["entity_names"] = "foreignKey",
        ["entity_type"] = "contact",
        ["expires_date"] = "2026-02-01T05:59:59Z",
        ["field_length"] = 239,
        ["field_type"] = "System.String",
        ["foreign_app_entity_id"] = 1,
        ["foreign_app_id"] = 1,
        ["foreign_device_id"] = 1,
        ["formal_name"] = "Terje Development",
        ["full_name"] = "Terje Development",
        ["inline_count"] = "allpages",
        ["json_safe"] = false,
        ["key_name"] = "id",
        ["key_value"] = "C-1",
        ["list_context"] = "erp",
        ["list_format"] = "JSON",
        ["list_mode"] = "Slim",
        ["list_options"] = "GrandTotal=false",
        ["list_output"] = "json",
        ["op"] = "replace",
        ["order_by"] = "keyName desc",
        ["path"] = "/Name",
        ["record_id"] = 7,
        ["right_mask"] = "FULL",
        ["right_reason"] = "",
        ["role_name"] = "Writer",
        ["row_count"] = 1,
        ["row_filter"] = "appName eq 'erp' and startswith(keyValue, 'C-')",
        ["select_columns"] = "deviceName,keyName,keyValue,recordId",
        ["skip_rows"] = 0,
        ["skip_token"] = "AQID",
        ["table_name"] = "contact",
        ["ticket_id"] = 1,
        ["ticket_kind"] = "Ticket",
        ["top_rows"] = 10,
        ["updated_by"] = "Terje Development",
        ["updated_date"] = "2026-01-31T23:59:59Z",
        ["user_name"] = "tje0",
        ["user_type"] = "Unknown",
        ["value"] = "erp",
    };

    private static readonly Dictionary<string, string[]> Choices = new()
    {
        ["inline_count"] = ["allpages", "none"],
        ["list_format"] = ["JSON", "XML"],
        ["op"] = ["add", "replace", "remove", "test"],
        ["role_name"] = ["Reader", "Writer", "Admin"],
        ["ticket_kind"] = ["Ticket", "Session"],
    };

    private static readonly HashSet<string> NeverNegative =
    [
        "entity_id", "field_length", "foreign_app_entity_id", "foreign_app_id", "foreign_device_id", "record_id", "row_count", "skip_rows",
        "ticket_id", "top_rows",
    ];

    /// <summary>The names of applications and tables, which requests may not leave blank where they must give them.</summary>
    private static readonly HashSet<string> NeverBlank = ["app_name", "application_name", "entity_type"];

    private readonly Dictionary<string, int> _longest = new()
    {
        ["app_name"] = limits.ApplicationName,
        ["application_name"] = limits.ApplicationName,
        ["device_identifier"] = limits.DeviceIdentifier,
        ["device_name"] = limits.DeviceName,
        ["entity_type"] = limits.TableName,
        ["key_name"] = limits.Key,
        ["key_value"] = limits.Value,
        ["table_name"] = limits.TableName,
    };

    /// <summary>An example of the field's value; null if it has none.</summary>
    public static JsonNode? Example(FieldSchema field) =>
        field is { Message: null, IsMap: false } or { IsTimestamp: true } or { IsAnyJson: true }
        && Examples.TryGetValue(field.Descriptor.Name, out var value)
            ? field.IsList ? new JsonArray(value.DeepClone()) : value.DeepClone()
            : null;

    /// <summary>The only values that the field has; null if it has any.</summary>
    public static string[]? Enum(FieldSchema field) => Choices.GetValueOrDefault(field.Descriptor.Name);

    /// <summary>The least number; null if there is none.</summary>
    public static string? Least(FieldSchema field) => NeverNegative.Contains(field.Descriptor.Name) ? "0" : null;

    /// <summary>The length of the longest text, in characters; null if there is no limit.</summary>
    public int? Longest(FieldSchema field) => _longest.TryGetValue(field.Descriptor.Name, out var length) ? length : null;

    /// <summary>The length of the shortest text, in characters; null if it may be blank.</summary>
    public static int? Shortest(FieldSchema field) => field.IsRequired && NeverBlank.Contains(field.Descriptor.Name) ? 1 : null;
}
