using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The vendor's own client, unmodified, by request object and by positional arguments.</summary>
public abstract class VendorClientTests(Service service) : IAsyncLifetime
{
    private readonly Service _server = service.OrSkip();

    private readonly string _app = $"vendor {Guid.NewGuid():N}";
    private VendorClient? _client;

    public async Task InitializeAsync()
    {
        if (Tool.IsCi || Tool.Exists("npm"))
        {
            _client = await VendorClient.StartAsync(_server);
        }
    }

    public Task DisposeAsync()
    {
        _client?.Dispose();
        return Task.CompletedTask;
    }

    [NodeFact]
    public Task Save_ByRequestObject() => SavesAsync("saveForeignKeyAsync", positional: false);

    [NodeFact]
    public Task Save_ByPosition() => SavesAsync("saveForeignKeyAsync", positional: true);

    [NodeFact]
    public Task Add_ByRequestObject() => SavesAsync("addForeignKeyAsync", positional: false);

    [NodeFact]
    public Task Add_ByPosition() => SavesAsync("addForeignKeyAsync", positional: true);

    [NodeFact]
    public async Task Get_ByRequestObjectAndByPosition()
    {
        await SaveAsync("k", "v", 7);
        JsonObject request = new()
        {
            ["applicationName"] = _app,
            ["deviceName"] = "unit",
            ["keyName"] = "k",
            ["tableName"] = "contact",
            ["recordId"] = 7,
        };

        Assert.Equal("v", (string?)(await CallAsync("getKeyAsync", request))!["value"]);
        Assert.Equal("v", (string?)(await CallAsync("getKeyAsync", _app, "unit", "k", "contact", 7))!["value"]);
        Assert.Equal("v", (string?)await CallAsync("getKeyValueAsync", request));
        Assert.Equal("v", (string?)await CallAsync("getKeyValueAsync", _app, "unit", "k", "contact", 7));
        request["deviceIdentifier"] = "1";
        Assert.Equal("v", (string?)(await CallAsync("getKeyOnDeviceIdentifierAsync", request))!["value"]);
        Assert.Equal("v", (string?)await CallAsync("getKeyValueOnDeviceIdentifierAsync", _app, "unit", "1", "k", "contact", 7));
    }

    [NodeFact]
    public async Task WhatIsNotThere_IsNull()
    {
        Assert.Null(await CallAsync("getKeyAsync", _app, "unit", "k", "contact", 7));
        Assert.Null(await CallAsync("getKeyValueAsync", _app, "unit", "k", "contact", 7));
    }

    [NodeFact]
    public async Task ANumberAsValue_StaysText()
    {
        await SaveAsync("k", "0012", 7);

        Assert.Equal("\"0012\"", (await CallAsync("getKeyValueAsync", _app, "unit", "k", "contact", 7))!.ToJsonString());
    }

    [NodeFact]
    public async Task Delete_ByRequestObjectAndByPosition()
    {
        foreach (var positional in new[] { true, false })
        {
            await SaveAsync("k", "v", 7);
            JsonNode?[] arguments = positional
                ? [_app, "unit", "1", "k", "contact", 7]
                :
                [
                    new JsonObject
                    {
                        ["applicationName"] = _app, ["deviceName"] = "unit", ["deviceIdentifier"] = "1",
                        ["keyName"] = "k", ["tableName"] = "contact", ["recordId"] = 7,
                    },
                ];

            await CallAsync("deleteForeignKeyOnNameAsync", arguments);

            Assert.Null(await CallAsync("getKeyAsync", _app, "unit", "k", "contact", 7));
            await CallAsync("deleteForeignKeyOnNameAsync", arguments);
        }
    }

    [NodeFact]
    public async Task WhatWasRead_CanBeSavedBack()
    {
        await SaveAsync("k", "old", 7);
        var key = (await CallAsync("getKeyAsync", _app, "unit", "k", "contact", 7))!;
        Assert.Equal(15, (int?)key["tableRight"]!["mask"]);
        var created = (string?)key["createdDate"];
        key["value"] = "new";

        var saved = (await CallAsync("saveForeignKeyAsync", key, _app, "unit", "1"))!;

        Assert.Equal("new", (string?)saved["value"]);
        Assert.Equal(created, (string?)saved["createdDate"]);
        Assert.Equal("new", (string?)await CallAsync("getKeyValueAsync", _app, "unit", "k", "contact", 7));
    }

    [NodeFact]
    public async Task Refusal_ReachesTheCaller()
    {
        var key = new JsonObject { ["key"] = "k", ["recordId"] = 7 };

        var refusal = await Assert.ThrowsAsync<VendorClientException>(() => CallAsync("saveForeignKeyAsync", key, _app, "unit", "1"));

        Assert.Equal(400, refusal.Status);
        Assert.Contains("ForeignKey.RecordId must be 0 when the table name is blank", refusal.Message, StringComparison.Ordinal);
    }

    private async Task SavesAsync(string method, bool positional)
    {
        var key = new JsonObject { ["key"] = "k", ["value"] = "v", ["recordId"] = 7, ["tableName"] = "contact" };
        var saved = positional
            ? await CallAsync(method, key, _app, "unit", "1")
            : await CallAsync(
                method,
                new JsonObject { ["foreignKey"] = key, ["applicationName"] = _app, ["deviceName"] = "unit", ["deviceIdentifier"] = "1" });

        Assert.Equal("k", (string?)saved!["key"]);
        Assert.Equal("v", (string?)saved["value"]);
        Assert.Equal(7, (int?)saved["recordId"]);
        Assert.Equal("contact", (string?)saved["tableName"]);
        Assert.Equal("Terje Development", (string?)saved["createdBy"]);
        Assert.NotNull(saved["updatedDate"]);
        Assert.Equal("v", (string?)await CallAsync("getKeyValueAsync", _app, "unit", "k", "contact", 7));
    }

    private Task<JsonNode?> SaveAsync(string name, string value, int record) => CallAsync(
        "saveForeignKeyAsync",
        new JsonObject { ["key"] = name, ["value"] = value, ["recordId"] = record, ["tableName"] = "contact" },
        _app,
        "unit",
        "1");

    private Task<JsonNode?> CallAsync(string method, params JsonNode?[] arguments) => _client!.CallAsync(method, arguments);

    public sealed class OnSqlite(ServerProcess server) : VendorClientTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : VendorClientTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : VendorClientTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : VendorClientTests(server);
}
