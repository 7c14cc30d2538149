using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;

namespace ForeignGrpc.Conformance;

/// <summary>What one client writes, every other reads: REST, the vendor's client, Grpc.Net.Client and `buf curl`.</summary>
public abstract class EveryClientTests(Service service)
{
    private const string Value = "æ \"quoted\" 😀";

    private readonly Service _server = service.OrSkip();

    private interface IKeyClient
    {
        Task SaveAsync(string app, string value);

        Task<string?> ReadAsync(string app);
    }

    [NodeFact]
    public async Task WrittenByOne_ReadByAll()
    {
        using var rest = _server.Rest();
        using var vendor = await VendorClient.StartAsync(_server);
        IKeyClient[] clients =
        [
            new RestClient(rest), new VendorKeyClient(vendor), new GrpcClient(_server),
            new BufClient(_server, await NodePackages.BufAsync()),
        ];
        foreach (var writer in clients)
        {
            var app = writer.GetType().Name;
            await writer.SaveAsync(app, Value + app);
            foreach (var reader in clients)
            {
                Assert.Equal(Value + app, await reader.ReadAsync(app));
            }
        }
    }

    private sealed class RestClient(HttpClient http) : IKeyClient
    {
        public async Task SaveAsync(string app, string value)
        {
            var body = new JsonObject { ["Key"] = "k", ["Value"] = value, ["TableName"] = "contact", ["RecordId"] = 7 };
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            (await http.PutAsync($"api/v1/ForeignApp/{app}/unit/1/Key", content)).EnsureSuccessStatusCode();
        }

        public async Task<string?> ReadAsync(string app) =>
            (string?)JsonNode.Parse(await http.GetStringAsync($"api/v1/ForeignApp/{app}/unit/1/Key/k/contact/7"))!["Value"];
    }

    private sealed class VendorKeyClient(VendorClient client) : IKeyClient
    {
        public Task SaveAsync(string app, string value) => client.CallAsync(
            "saveForeignKeyAsync",
            new JsonObject { ["key"] = "k", ["value"] = value, ["tableName"] = "contact", ["recordId"] = 7 },
            app,
            "unit",
            "1");

        public async Task<string?> ReadAsync(string app) =>
            (string?)(await client.CallAsync("getKeyAsync", app, "unit", "k", "contact", 7))!["value"];
    }

    private sealed class GrpcClient(Service server) : IKeyClient
    {
        public async Task SaveAsync(string app, string value)
        {
            var (client, metadata) = server.Grpc();
            var request = new SaveForeignKeyRequest
            {
                ApplicationName = app,
                DeviceName = "unit",
                DeviceIdentifier = "1",
                ForeignKey = new ForeignKey { KeyName = "k", KeyValue = value, TableName = "contact", RecordId = 7 },
            };
            await client.SaveForeignKeyAsync(request, metadata);
        }

        public async Task<string?> ReadAsync(string app)
        {
            var (client, metadata) = server.Grpc();
            var request =
                new GetKeyRequest { ApplicationName = app, DeviceName = "unit", KeyName = "k", TableName = "contact", RecordId = 7 };
            return (await client.GetKeyAsync(request, metadata)).KeyValue;
        }
    }

    private sealed class BufClient(Service server, string buf) : IKeyClient
    {
        public Task SaveAsync(string app, string value) => CallAsync("SaveForeignKey", new JsonObject
        {
            ["ApplicationName"] = app,
            ["DeviceName"] = "unit",
            ["DeviceIdentifier"] = "1",
            ["ForeignKey"] = new JsonObject { ["Key"] = "k", ["Value"] = value, ["TableName"] = "contact", ["RecordId"] = 7 },
        });

        public async Task<string?> ReadAsync(string app) => (string?)(await CallAsync("GetKey", new JsonObject
        {
            ["application_name"] = app,
            ["device_name"] = "unit",
            ["key_name"] = "k",
            ["table_name"] = "contact",
            ["record_id"] = 7,
        }))["Value"];

        private async Task<JsonNode> CallAsync(string operation, JsonObject request) => JsonNode.Parse(await Tool.MustRunAsync(
            buf,
            [
                "curl", "--http2-prior-knowledge", "--protocol", "grpc", "-H", $"Authorization: {ServerProcess.Credential}",
                "-d", request.ToJsonString(), $"{server.GrpcUri}foreignsystem.v1.ForeignSystemAgent/{operation}",
            ]))!;
    }

    public sealed class OnSqlite(ServerProcess server) : EveryClientTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : EveryClientTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : EveryClientTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : EveryClientTests(server);
}
