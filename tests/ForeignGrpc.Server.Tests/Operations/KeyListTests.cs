using System.Net;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Look-ups by value, and lists of keys.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class KeyListTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"app {Guid.NewGuid():N}";

    [Fact]
    public async Task KeyByValue_IsFoundUnderTheDocumentedQueryNames()
    {
        await SaveAsync("1", "k", "contact", 7, "a value/with & signs");
        const string value = "a%20value%2Fwith%20%26%20signs";

        Assert.Equal(7, await RecordOfAsync($"unit/Key/k/contact?keyValue={value}"));
        Assert.Equal(7, await RecordOfAsync($"unit/Key/k/contact?KEYVALUE={value}"));
        Assert.Equal(7, await RecordOfAsync($"unit/1/Key/k/contact?Value={value}"));
        Assert.NotNull((await _rest.GetAsync($"ForeignApp/{_app}/unit/1/Key/k/contact?Value={value}")).Content.Headers.LastModified);
        Assert.Equal(7, (await server.Grpc().GetKeyByValueAndIdentifierAsync(new GetKeyByValueAndIdentifierRequest
        {
            ApplicationName = _app,
            DeviceName = "unit",
            DeviceIdentifier = "1",
            KeyName = "k",
            TableName = "contact",
            KeyValue = "a value/with & signs",
        })).RecordId);
        await (await _rest.GetAsync($"ForeignApp/{_app}/unit/1/Key/k/contact?Value=other")).ReadErrorAsync(HttpStatusCode.NotFound);
        Assert.Contains("keyValue is required", await (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k/contact"))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("Value is required", await (await _rest.GetAsync($"ForeignApp/{_app}/unit/1/Key/k/contact"))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongestValue_IsFoundThroughAQuery()
    {
        var value = string.Concat(Enumerable.Repeat("😀", 8_000));
        await SaveAsync("1", "k", "contact", 7, value);

        Assert.Equal(7, await RecordOfAsync($"unit/Key/k/contact?keyValue={Uri.EscapeDataString(value)}"));
    }

    [Fact]
    public async Task BlankValue_IsAValue()
    {
        await SaveAsync("1", "k", "contact", 7, "");

        Assert.Equal(7, await RecordOfAsync("unit/Key/k/contact?keyValue="));
        Assert.Equal(7, await RecordOfAsync("unit/1/Key/k/contact?Value="));
    }

    [Fact]
    public async Task WhereKeyCouldBeALiteralOrAName_AnIntegerIsARecord_AndAValueALookUp()
    {
        await SaveAsync("Key", "k", "contact", 7, "v");
        await SaveAsync("1", "Key", "t", 5, "w");

        Assert.Equal("w", (string?)(await (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/Key/t/5")).ReadAsync())!["Value"]);
        Assert.Equal(7, await RecordOfAsync("unit/Key/Key/k/contact?Value=v"));
    }

    [Fact]
    public async Task AgentLists_HaveTheKeysTheyAreAskedFor()
    {
        await SaveAsync("1", "a", "contact", 7, "1");
        await SaveAsync("1", "b", "contact", 8, "2");
        await SaveAsync("1", "c", "", 0, "3");
        await SaveAsync("2", "d", "contact", 7, "4");
        await SaveAsync("2", "e", "contact", 7, "5", device: "other");

        Assert.Equal(["a", "b", "c", "d", "e"], await ListKeysAsync("GetApplicationKeys"));
        Assert.Equal(["a", "b", "c", "d"], await ListKeysAsync("GetDeviceKeys"));
        Assert.Equal(["a", "b", "c"], await ListKeysAsync("GetDeviceKeysOnDeviceIdentifier"));
        Assert.Equal(["a", "b"], await ListKeysAsync("GetDeviceKeysOnDeviceIdentifierTable"));
        Assert.Equal(["a"], await ListKeysAsync("GetDeviceKeysOnDeviceIdentifierTableRecordId"));
        Assert.Equal(["c"], await ListKeysAsync("GetDeviceKeysOnDeviceIdentifierTable", table: ""));

        async Task<IEnumerable<string>> ListKeysAsync(string operation, string table = "CONTACT")
        {
            var keys = (await AgentAsync(operation, new JsonObject
            {
                ["ApplicationName"] = _app,
                ["DeviceName"] = "unit",
                ["DeviceIdentifier"] = "1",
                ["TableName"] = table,
                ["RecordId"] = table.Length == 0 ? 0 : 7,
            }))!.AsArray();
            Assert.All(keys, key => Assert.Null(key!["TableRight"]));
            Assert.All(keys, key => Assert.Empty(key!["FieldProperties"]!.AsObject()));
            return keys.Select(key => (string)key!["Key"]!).Order(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task KeysOnAnEntity_AreADictionary()
    {
        await SaveAsync("1", "k", "project", 4711, "first");
        await SaveAsync("2", "k", "project", 4711, "second");
        await SaveAsync("1", "k.x", "project", 4711, "third");

        var keys =
            (await AgentAsync("GetAllForeignKeysOnEntity", new JsonObject { ["entityType"] = "Project", ["entityId"] = 4711 }))!.AsObject();

        Assert.Equal("first", (string?)keys[$"{_app}.unit1.k"]);
        Assert.Equal("second", (string?)keys[$"{_app}.unit2.k"]);
        Assert.Equal("third", (string?)keys[$"{_app}.unit1.k.x"]);
        await (await _rest.PostAsync("Agents/ForeignSystem/GetAllForeignKeysOnEntity", Http.Json("{}"))).ReadErrorAsync(
            HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task DeleteForeignKey_GoesByTheCarriersName()
    {
        await SaveAsync("1", "k", "contact", 7, "v");
        await SaveAsync("1", "k", "contact", 8, "v");

        var response = await _rest.PostAsync("Agents/ForeignSystem/DeleteForeignKey", Http.Json(
            $$"""{"foreignKey":{"key":"k","tableName":"contact","recordId":8},"""
            + $$""" "applicationName":"{{_app}}","deviceName":"unit","deviceIdentifier":"1","tableName":"contact","recordId":7}"""));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k/contact/7")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k/contact/8")).StatusCode);
    }

    [Fact]
    public async Task Streams_DeliverWhatListsHave()
    {
        for (var id = 1; id <= 20; id++)
        {
            await SaveAsync($"{id % 3}", "k", id % 2 == 0 ? "contact" : "person", id, "v");
        }

        Assert.Equal(Enumerable.Range(1, 20), await ReadAsync(
            server.Grpc().StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = _app })));
        Assert.Equal(
            Enumerable.Range(1, 20).Where(id => id % 2 == 0),
            await ReadAsync(server.Grpc().StreamDeviceKeys(
                new StreamDeviceKeysRequest { ApplicationName = _app, DeviceName = "unit", TableName = "contact" })));
        Assert.Equal(
            Enumerable.Range(1, 20).Where(id => id % 3 == 0),
            await ReadAsync(server.Grpc().StreamDeviceKeys(
                new StreamDeviceKeysRequest { ApplicationName = _app, DeviceName = "unit", DeviceIdentifier = "0" })));
        Assert.Empty(await ReadAsync(server.Grpc().StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = "none" })));
        var failure = await Assert.ThrowsAsync<RpcException>(
            () => ReadAsync(server.Grpc().StreamApplicationKeys(new StreamApplicationKeysRequest())));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);

        static async Task<IEnumerable<int>> ReadAsync(AsyncServerStreamingCall<ForeignKey> call)
        {
            var ids = new List<int>();
            await foreach (var key in call.ResponseStream.ReadAllAsync())
            {
                ids.Add(key.RecordId);
            }

            return ids.Order();
        }
    }

    [Fact]
    public async Task ListLongerThanTheLimit_IsRefusedNotCut()
    {
        var narrow = new RunningServer { Settings = ["--Limits:ListedKeys=2"] };
        await narrow.InitializeAsync();
        var rest = narrow.Rest();
        foreach (var id in new[] { 1, 2, 3 })
        {
            await rest.PutAsync("ForeignApp/a/b/c/Key", Http.Json($$"""{"TableName":"contact","RecordId":{{id}}}"""));
        }

        var response = await rest.PostAsync("Agents/ForeignSystem/GetApplicationKeys", Http.Json("""{"ApplicationName":"a"}"""));

        var error = await response.ReadErrorAsync(HttpStatusCode.TooManyRequests);
        Assert.Contains("more keys than the limit of 2 ", error, StringComparison.Ordinal);
        await narrow.DisposeAsync();
    }

    private async Task SaveAsync(string identifier, string name, string table, int record, string value, string device = "unit")
    {
        var key = new JsonObject { ["Key"] = name, ["Value"] = value, ["TableName"] = table, ["RecordId"] = record };
        (await _rest.PutAsync($"ForeignApp/{_app}/{device}/{identifier}/Key", Http.Json(key.ToJsonString()))).EnsureSuccessStatusCode();
    }

    private async Task<int> RecordOfAsync(string path) =>
        (int)(await (await _rest.GetAsync($"ForeignApp/{_app}/{path}")).ReadAsync())!["RecordId"]!;

    private async Task<JsonNode?> AgentAsync(string operation, JsonObject arguments) =>
        await (await _rest.PostAsync($"Agents/ForeignSystem/{operation}", Http.Json(arguments.ToJsonString()))).ReadAsync();
}
