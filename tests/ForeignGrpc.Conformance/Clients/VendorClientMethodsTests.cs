using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>Every method of the vendor client's agent, by position and by request object, with what is there and what is not.</summary>
public abstract class VendorClientMethodsTests(Service service)
{
    /// <summary>The id of the blank application that stands for none: the vendor's helper tests for this id.</summary>
    private const string BlankApplication = "0";

    private const string Nothing = "null";
    private const string EmptyList = "[]";

    private static readonly string[] KeyProperties =
        ["key", "value", "recordId", "createdDate", "updatedDate", "updatedBy", "createdBy", "tableName", "tableRight", "fieldProperties"];

    private readonly Service _server = service.OrSkip();

    /// <summary>
    /// Methods that read, the arguments that they take, what a part of the result is, and the result when nothing is there.
    /// </summary>
    private static readonly (string Method, string Arguments, string Path, string Expected, string Absent)[] Reads =
    [
        ("getAppByNameAsync", "applicationName", "name", "{app}", BlankApplication),
        ("getApplicationDevicesAsync", "applicationName", "0.name", "unit", EmptyList),
        ("getDeviceByNameAsync", "applicationName deviceName", "deviceIdentifier", "1", Nothing),
        ("getDeviceByIdentifierAsync", "applicationName deviceName deviceIdentifier", "name", "unit", Nothing),
        ("getKeyAsync", "applicationName deviceName keyName tableName recordId", "value", "v", Nothing),
        ("getKeyValueAsync", "applicationName deviceName keyName tableName recordId", "", "v", Nothing),
        ("getKeyOnDeviceIdentifierAsync", "applicationName deviceName deviceIdentifier keyName tableName recordId", "value", "v", Nothing),
        ("getKeyValueOnDeviceIdentifierAsync", "applicationName deviceName deviceIdentifier keyName tableName recordId", "", "v", Nothing),
        ("getKeyByValueAsync", "applicationName deviceName keyName keyValue tableName", "recordId", "7", Nothing),
        ("getKeyByValueAndIdentifierAsync", "applicationName deviceName deviceIdentifier keyName keyValue tableName",
            "recordId", "7", Nothing),
        ("getDeviceKeysAsync", "applicationName deviceName", "0.value", "v", EmptyList),
        ("getApplicationKeysAsync", "applicationName", "0.value", "v", EmptyList),
        ("getDeviceKeysOnDeviceIdentifierAsync", "applicationName deviceName deviceIdentifier", "0.value", "v", EmptyList),
        ("getDeviceKeysOnDeviceIdentifierTableAsync", "applicationName deviceName deviceIdentifier tableName", "0.value", "v", EmptyList),
        ("getDeviceKeysOnDeviceIdentifierTableRecordIdAsync", "applicationName deviceName deviceIdentifier tableName recordId",
            "0.value", "v", EmptyList),
    ];

    /// <summary>Methods that save, and what a part of the result is.</summary>
    private static readonly (string Method, string Arguments, string Path, string Expected)[] Saves =
    [
        ("addForeignKeyAsync", "foreignKey applicationName deviceName deviceIdentifier", "value", "v"),
        ("saveForeignKeyAsync", "foreignKey applicationName deviceName deviceIdentifier", "value", "v"),
        ("addDeviceByIdentifierAsync", "applicationName deviceName deviceIdentifier", "name", "unit"),
        ("saveDeviceByIdentifierAsync", "applicationName deviceName deviceIdentifier foreignDevice", "deviceIdentifier", "1"),
        ("saveForeignDeviceAsync", "foreignDevice applicationName", "deviceIdentifier", "1"),
    ];

    /// <summary>Methods that delete, and the method that then finds nothing.</summary>
    private static readonly (string Method, string Arguments, string Gone)[] Deletes =
    [
        ("deleteForeignKeyOnNameAsync", "applicationName deviceName deviceIdentifier keyName tableName recordId", "getKeyAsync"),
        ("deleteForeignKeyAsync", "bareKey applicationName deviceName deviceIdentifier tableName recordId", "getKeyAsync"),
        ("deleteDeviceByIdentifierAsync", "applicationName deviceName deviceIdentifier", "getDeviceByNameAsync"),
        ("deleteForeignDeviceAsync", "foreignDevice applicationName", "getDeviceByNameAsync"),
    ];

    [NodeFact]
    public async Task Reads_GiveWhatIsThere_AndNothingElse()
    {
        using var client = await VendorClient.StartAsync(_server);
        foreach (var positional in new[] { true, false })
        {
            var app = $"reads {positional}";
            await CallAsync(client, "saveForeignKeyAsync", "foreignKey applicationName deviceName deviceIdentifier", app, positional);
            foreach (var (method, arguments, path, expected, absent) in Reads)
            {
                var found = await CallAsync(client, method, arguments, app, positional);
                Assert.Equal((method, expected.Replace("{app}", app, StringComparison.Ordinal)), (method, Part(found, path)));
                var missing = await CallAsync(client, method, arguments, "not there", positional);
                var shown = absent == BlankApplication ? Part(missing, "foreignAppId") : missing?.ToJsonString() ?? Nothing;
                Assert.Equal((method, absent), (method, shown));
            }
        }
    }

    [NodeFact]
    public async Task Saves_CreateAndRepeat()
    {
        using var client = await VendorClient.StartAsync(_server);
        foreach (var positional in new[] { true, false })
        {
            foreach (var (method, arguments, path, expected) in Saves)
            {
                var app = $"{method} {positional}";
                var first = await CallAsync(client, method, arguments, app, positional);
                var second = await CallAsync(client, method, arguments, app, positional);

                Assert.Equal((method, expected), (method, Part(first, path)));
                Assert.Equal("Terje Development", Part(second, "updatedBy"));
                Assert.Equal(Part(first, "createdDate"), Part(second, "createdDate"));
            }
        }
    }

    [NodeFact]
    public async Task Deletes_TakeWhatIsThere_AndMindNotWhatIsNot()
    {
        using var client = await VendorClient.StartAsync(_server);
        foreach (var positional in new[] { true, false })
        {
            foreach (var (method, arguments, gone) in Deletes)
            {
                var app = $"{method} {positional}";
                var lookUp = Reads.Single(read => read.Method == gone).Arguments;
                await CallAsync(client, "saveForeignKeyAsync", "foreignKey applicationName deviceName deviceIdentifier", app, positional);
                Assert.NotNull(await CallAsync(client, gone, lookUp, app, positional));

                await CallAsync(client, method, arguments, app, positional);

                Assert.Null(await CallAsync(client, gone, lookUp, app, positional));
                await CallAsync(client, method, arguments, app, positional);
            }
        }
    }

    [NodeFact]
    public async Task KeysOnAnEntity_AreADictionary_ByBothCallStyles()
    {
        using var client = await VendorClient.StartAsync(_server);
        await client.CallAsync(
            "saveForeignKeyAsync", new JsonObject { ["key"] = "k", ["value"] = "v", ["tableName"] = "sale", ["recordId"] = 9 },
            "dictionary", "unit", "1");

        Assert.Equal("v", (string?)(await client.CallAsync("getAllForeignKeysOnEntityAsync", "sale", 9))!["dictionary.unit1.k"]);
        var byObject = await client.CallAsync(
            "getAllForeignKeysOnEntityAsync", new JsonObject { ["entityType"] = "SALE", ["entityId"] = 9 });
        Assert.Equal("v", (string?)byObject!["dictionary.unit1.k"]);
        Assert.Equal("{}", (await client.CallAsync("getAllForeignKeysOnEntityAsync", "sale", 10))!.ToJsonString());
    }

    /// <summary>The vendor's published example of use: an application entity, a device under it, a key, and back by name.</summary>
    [NodeFact]
    public async Task Entities_AreCreatedReadSavedBackAndDeleted()
    {
        using var client = await VendorClient.StartAsync(_server);
        var app = (await client.CallAsync("createDefaultForeignAppEntityAsync"))!;
        Assert.Equal(0, (int)app["foreignAppId"]!);
        app["name"] = "entity";
        app = (await client.CallAsync("saveForeignAppEntityAsync", app))!;
        var id = (int)app["foreignAppId"]!;
        Assert.Equal("Terje Development", (string?)app["createdBy"]!["fullName"]);

        var device = (
            await client.CallAsync("saveForeignDeviceAsync", new JsonObject { ["name"] = "unit", ["deviceIdentifier"] = "1" }, "entity"))!;
        var deviceId = (int)device["foreignDeviceId"]!;
        Assert.Equal("unit", (string?)(await client.CallAsync("getForeignDeviceAsync", deviceId))!["name"]);
        var key = (
            await client.CallAsync("saveForeignKeyAsync", new JsonObject { ["key"] = "k", ["value"] = "v" }, "entity", "unit", "1"))!;
        Assert.Equal(
            KeyProperties.Order(StringComparer.Ordinal), key.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
        Assert.Equal("v", (string?)(await client.CallAsync("getKeyAsync", "entity", "unit", "k", "", 0))!["value"]);

        app = (await client.CallAsync("getForeignAppEntityAsync", id))!;
        Assert.Equal("unit", Part(app, "devices.0.name"));
        app["name"] = "entity renamed";
        app = (await client.CallAsync("saveForeignAppEntityAsync", app))!;
        Assert.Equal((id, "entity renamed"), ((int)app["foreignAppId"]!, (string?)app["name"]));
        Assert.Equal(BlankApplication, Part(await client.CallAsync("getAppByNameAsync", "entity"), "foreignAppId"));

        await client.CallAsync("deleteForeignAppEntityAsync", id);
        Assert.Null(await client.CallAsync("getForeignAppEntityAsync", id));
        Assert.Null(await client.CallAsync("getForeignDeviceAsync", deviceId));
        await client.CallAsync("deleteForeignAppEntityAsync", id);
    }

    private static Task<JsonNode?> CallAsync(VendorClient client, string method, string arguments, string app, bool positional)
    {
        var values = arguments.Split(' ').Select(
            name => (Name: name == "bareKey" ? "foreignKey" : name, Value: Value(name, app))).ToArray();
        return positional
            ? client.CallAsync(method, [.. values.Select(value => value.Value)])
            : client.CallAsync(method, new JsonObject(values.Select(value => KeyValuePair.Create(value.Name, value.Value))));
    }

    private static JsonNode? Value(string argument, string app) => argument switch
    {
        "applicationName" => app,
        "deviceName" => "unit",
        "deviceIdentifier" => "1",
        "keyName" => "k",
        "keyValue" => "v",
        "tableName" => "contact",
        "recordId" => 7,
        "foreignKey" => new JsonObject { ["key"] = "k", ["value"] = "v", ["tableName"] = "contact", ["recordId"] = 7 },

        // The client's positional call throws before it sends when the key carries a table or record.
        "bareKey" => new JsonObject { ["key"] = "k" },

        "foreignDevice" => new JsonObject { ["name"] = "unit", ["deviceIdentifier"] = "1" },
        _ => throw new ArgumentException(argument),
    };

    /// <summary>The part of a result that a path of names and indexes leads to, as text.</summary>
    private static string Part(JsonNode? result, string path)
    {
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            result = int.TryParse(step, out var index) ? result![index] : result![step];
        }

        return result!.ToString();
    }

    public sealed class OnSqlite(ServerProcess server) : VendorClientMethodsTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : VendorClientMethodsTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : VendorClientMethodsTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : VendorClientMethodsTests(server);
}
