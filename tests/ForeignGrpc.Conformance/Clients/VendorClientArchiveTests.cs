using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The archive agent of the vendor's client.</summary>
public abstract class VendorClientArchiveTests(Service service)
{
    private readonly Service _server = service.OrSkip();

    [NodeFact]
    public async Task Rows_AreListed_ByPositionAndByRequestObject()
    {
        using var client = await VendorClient.StartAsync(_server);
        var app = $"archive {Guid.NewGuid():N}";
        foreach (var record in new[] { 7, 8 })
        {
            var key = new JsonObject { ["key"] = "k", ["value"] = $"v{record}", ["tableName"] = "contact", ["recordId"] = record };
            await client.CallAsync("saveForeignKeyAsync", key, app, "unit", "1");
        }

        var columns = new JsonArray("keyValue", "recordId");
        var order = new JsonArray(new JsonObject { ["name"] = "recordId", ["direction"] = "DESC" });
        var restrictions = new JsonArray(new JsonObject
        {
            ["name"] = "appName",
            ["operator"] = "=",
            ["values"] = new JsonArray(app),
            ["isActive"] = true,
            ["interOperator"] = "None",
        });
        var byPosition = await CallAsync(client, "getArchiveListByColumnsAsync", "ForeignKeys", columns, order, restrictions, null, 0, 10);
        var byObject = await CallAsync(client, "getArchiveListByColumnsAsync", new JsonObject
        {
            ["providerName"] = "ForeignKeys",
            ["columns"] = columns,
            ["sortOrder"] = order,
            ["restriction"] = restrictions,
            ["page"] = 0,
            ["pageSize"] = 10,
        });

        Assert.Equal(byPosition!.ToJsonString(), byObject!.ToJsonString());
        Assert.Equal(["v8", "v7"], byPosition.AsArray().Select(row => (string?)row!["columnData"]!["keyValue"]!["displayValue"]));
        Assert.Equal(["[I:8]", "[I:7]"], byPosition.AsArray().Select(row => (string?)row!["columnData"]!["recordId"]!["displayValue"]));
        Assert.All(byPosition.AsArray(), row => Assert.True((int)row!["primaryKey"]! > 0));
    }

    [NodeFact]
    public async Task ProvidersAndColumns_AreTold_AndOtherProvidersRefused()
    {
        using var client = await VendorClient.StartAsync(_server);

        Assert.Equal("""["ForeignKeys"]""", (await CallAsync(client, "getProviderNamesAsync"))!.ToJsonString());
        var columns = (await CallAsync(client, "getAvailableColumnsAsync", "ForeignKeys", ""))!.AsArray();
        Assert.Contains("keyName string True", columns.Select(
            column => $"{column!["name"]} {column["restrictionType"]} {(bool)column["canOrderBy"]!}"));
        var refusal = await Assert.ThrowsAsync<VendorClientException>(() => CallAsync(client, "getAvailableColumnsAsync", "Contact", ""));
        Assert.Equal((400, "ProviderName must be one of ForeignKeys, but is 'Contact'."), (refusal.Status, refusal.Message));
    }

    private static Task<JsonNode?> CallAsync(VendorClient client, string method, params JsonNode?[] arguments) =>
        client.CallAgentAsync("getArchiveAgent", method, arguments);

    public sealed class OnSqlite(ServerProcess server) : VendorClientArchiveTests(server), IClassFixture<ServerProcess>;

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : VendorClientArchiveTests(server);
}
