using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>What a client of the documented API calls when it starts, each call by the address that the one before told.</summary>
public abstract class StartupCallsTests(Service service)
{
    private readonly Service _server = service.OrSkip();

    [SkippableFact]
    public async Task AClient_FindsTheApi_AsksForTheTenantAndTheCaller_AndSaves()
    {
        using var anyone = new HttpClient { BaseAddress = _server.RestUri };
        using var rest = _server.Rest();

        var api = await ReadAsync(anyone, "api");
        var v1 = (string)api["v1"]!;
        Assert.Equal(("v1", new Uri(_server.RestUri, "api/v1").ToString()), ((string?)api["Version"], v1));
        Assert.Matches(@"^\d+(\.\d+)+$", (string)api["NetServerVersion"]!);

        var tenant = await ReadAsync(anyone, "api/state/Cust12345");
        Assert.Equal(("Cust12345", "Running", true), (
            (string?)tenant["ContextIdentifier"], (string?)tenant["State"], (bool)tenant["IsRunning"]!));
        Assert.Equal($"{tenant["Endpoint"]}/api", (string?)tenant["Api"]);
        Assert.Equal(v1, $"{tenant["Api"]}/v1");
        Assert.True(DateTimeOffset.Parse((string)tenant["ValidUntil"]!, null) > DateTimeOffset.UtcNow);

        using var unknown = await anyone.GetAsync($"{v1}/User/currentPrincipal");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        var caller = await ReadAsync(rest, $"{v1}/User/currentPrincipal");
        Assert.Equal((Service.User, "Terje Development", "Admin"), (
            (string?)caller["UserName"], (string?)caller["FullName"], (string?)caller["RoleName"]));

        var (app, record) = ($"startup {Guid.NewGuid():N}", Random.Shared.Next());
        var key = new JsonObject { ["Key"] = "id", ["Value"] = "C-1", ["TableName"] = "contact", ["RecordId"] = record };
        using var saved = await rest.PutAsync(
            $"{v1}/ForeignApp/{app}/unit-1/SN-4711/Key", new StringContent(key.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);

        var (name, value) = Assert.Single((await ReadAsync(rest, $"{v1}/Contact/{record}/ForeignKey")).AsObject());
        Assert.StartsWith($"{app}.unit-1", name, StringComparison.Ordinal);
        Assert.Equal("C-1", (string?)value);
        var rows = (await ReadAsync(rest, $"{v1}/Archive/ForeignKeys?$filter=appName eq '{app}'&$select=keyValue"))["value"]!.AsArray();
        Assert.Equal("C-1", (string?)Assert.Single(rows)!["keyValue"]);
    }

    private static async Task<JsonNode> ReadAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public sealed class OnSqlite(ServerProcess server) : StartupCallsTests(server), IClassFixture<ServerProcess>;

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : StartupCallsTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : StartupCallsTests(server);
}
