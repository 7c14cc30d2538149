using System.Text.Json.Nodes;
using ForeignGrpc.Server.Messages;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>Example values by the name of the field in the protos. The values fit together.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, JsonNode> Values = new()
    {
        ["app_name"] = "erp",
        ["application_name"] = "erp",
        ["created_by"] = "Terje Development",
        ["created_date"] = "2026-01-31T23:59:59Z",
        ["device_identifier"] = "SN-4711",
        ["device_name"] = "unit-1",
        ["entity_id"] = 7,
        ["entity_type"] = "contact",
        ["foreign_app_entity_id"] = 1,
        ["foreign_app_id"] = 1,
        ["foreign_device_id"] = 1,
        ["key_name"] = "id",
        ["key_value"] = "C-1",
        ["op"] = "replace",
        ["order_by"] = "keyName desc",
        ["path"] = "/Name",
        ["record_id"] = 7,
        ["row_filter"] = "appName eq 'erp' and startswith(keyValue, 'C-')",
        ["select_columns"] = "deviceName,keyName,keyValue,recordId",
        ["table_name"] = "contact",
        ["top_rows"] = 10,
        ["updated_by"] = "Terje Development",
        ["updated_date"] = "2026-01-31T23:59:59Z",
        ["value"] = "erp",
    };

    /// <summary>The example of a field; null if it has none.</summary>
    public static JsonNode? Of(FieldSchema field) =>
        field is { Message: null, IsMap: false } or { IsTimestamp: true } or { IsAnyJson: true }
        && Values.TryGetValue(field.Descriptor.Name, out var value) ? value.DeepClone() : null;
}
