using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>What the neighbours of the documented operations answer.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class NeighbourAnswerTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();

    public static TheoryData<string, string> Records => new()
    {
        { "Contact", "contact" }, { "Person", "person" }, { "Project", "project" }, { "Sale", "sale" }, { "Document", "document" },
        { "Appointment", "appointment" }, { "User", "associate" }, { "Ticket", "ticket" }, { "TicketMessage", "ej_message" },
    };

    [Fact]
    public async Task Versions_AreAFlatObjectOfTexts()
    {
        var versions = (await GetAsync("/api")).AsObject();

        Assert.Equal(["v1", "Version", "NetServerVersion"], versions.Select(property => property.Key));
        Assert.Equal(new Uri(server.RestUri, "/api/v1").ToString(), (string?)versions["v1"]);
        Assert.Equal("v1", (string?)versions["Version"]);
        Assert.Equal(new ApiSettings().NetServerVersion, (string?)versions["NetServerVersion"]);
    }

    [Fact]
    public Task NetServerVersionAndContext_AreSettings() => RunningServer.WithAsync(
        ["--Api:NetServerVersion=9.2.1", "--Api:ContextIdentifier=Cust1"], async other =>
        {
            var rest = other.Rest();

            Assert.Equal("9.2.1", (string?)(await (await rest.GetAsync("/api")).ReadAsync())!["NetServerVersion"]);
            Assert.Equal("9.2.1", (string?)(await (await rest.GetAsync("/api/state/x")).ReadAsync())!["Version"]);
            var principal = (await (await rest.GetAsync("User/currentPrincipal")).ReadAsync())!;
            Assert.Equal("Cust1", (string?)principal["DatabaseContextIdentifier"]);
        });

    [Theory]
    [InlineData("Cust12345")]
    [InlineData("a.b-c_D")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public async Task Tenant_IsRunning(string tenant)
    {
        var before = DateTimeOffset.UtcNow;
        var state = (await GetAsync($"/api/state/{tenant}")).AsObject();

        Assert.Equal(
            ["ContextIdentifier", "Endpoint", "State", "IsRunning", "ValidUntil", "Api", "Version"],
            state.Select(property => property.Key));
        Assert.Equal((tenant, "Running", true), (
            (string?)state["ContextIdentifier"], (string?)state["State"], (bool)state["IsRunning"]!));
        Assert.Equal(server.RestUri.ToString().TrimEnd('/'), (string?)state["Endpoint"]);
        Assert.Equal(new Uri(server.RestUri, "/api").ToString(), (string?)state["Api"]);
        Assert.True(DateTimeOffset.Parse((string)state["ValidUntil"]!, null) > before);
    }

    [Theory]
    [InlineData("%20")]
    [InlineData("a%20b")]
    [InlineData("a%2Fb")]
    [InlineData("%3Cscript%3E")]
    [InlineData("%C3%A6")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("")]
    public async Task TenantOfOtherCharacters_IsRefused_AndNotShown(string tenant)
    {
        using var response = await server.Rest(role: null).GetAsync($"/api/state/{tenant}");

        Assert.Equal(
            "tenant must have 1 to 64 characters: letters a to z, digits, '-', '_' or '.'.",
            await response.ReadErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Addresses_AreThoseOfTheOpenApiDocument_WithTheirTexts()
    {
        var root = server.RestUri.ToString().TrimEnd('/');
        var document = (await GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        var addresses = (await GetAsync("/api/v1")).AsObject();

        Assert.Equal(document.Select(path => root + path.Key).Order(), addresses.Select(address => address.Key).Order());
        foreach (var (path, methods) in document)
        {
            var told = addresses[root + path]!.AsObject();
            Assert.Equal(
                methods!.AsObject().Select(method => method.Key.ToUpperInvariant()).Order(), told.Select(text => text.Key).Order());
            Assert.All(told, text => Assert.StartsWith(
                (string)text.Value!, (string)methods[text.Key.ToLowerInvariant()]!["description"]!, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Principal_IsTheCaller_ByEachCredential()
    {
        using var tokens = new Tokens();
        await RunningServer.WithAsync(tokens.Settings, async trusting =>
        {
            var ticket = await trusting.AddTicketAsync("Writer", TicketKind.Ticket, DateTimeOffset.UtcNow.AddHours(1));
            foreach (var (credential, name, fullName, role) in new[]
            {
                (RunningServer.Credential(UserRole.Reader), "Reader", "The Reader", "Reader"),
                ($"SoTicket {ticket}", "Writer", "The Writer", "Writer"),
                ($"Bearer {tokens.Sign(role: "key admins")}", "robot", "The Robot", "Admin"),
            })
            {
                using var response = await trusting.Rest(role: null).SendAsync(
                    new HttpRequestMessage(HttpMethod.Get, "User/currentPrincipal").With(("Authorization", credential)));

                var caller = (await response.ReadAsync())!;
                Assert.Equal((name, name, fullName, role), (
                    (string?)caller["UserName"], (string?)caller["Associate"], (string?)caller["FullName"], (string?)caller["RoleName"]));
                Assert.Equal("InternalAssociate", (string?)caller["UserType"]);
                Assert.Equal("ForeignGrpc", (string?)caller["DatabaseContextIdentifier"]);
                Assert.Equal((0, "[]"), ((int)caller["AssociateId"]!, caller["Licenses"]!.ToJsonString()));
                Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
            }
        });
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task KeysOfARecord_AreThoseOfItsTable_AsTheAgentAnswers(string entity, string table)
    {
        var (app, record) = ($"{entity} {Guid.NewGuid():N}", Random.Shared.Next());
        await SaveAsync(app, table, record);
        await SaveAsync(app, table == "contact" ? "sale" : "contact", record);
        await SaveAsync(app, table, record == 1 ? 2 : 1);

        var keys = await GetAsync($"{entity}/{record}/ForeignKey");

        Assert.Equal(new JsonObject { [$"{app}.unit.{table}"] = $"{record}" }.ToJsonString(), keys.ToJsonString());
        var body = new JsonObject { ["EntityType"] = table, ["EntityId"] = record };
        using var agent = await _rest.PostAsync("Agents/ForeignSystem/GetAllForeignKeysOnEntity", Http.Json(body.ToJsonString()));
        Assert.Equal(keys.ToJsonString(), (await agent.ReadAsync())!.ToJsonString());
        using var xml = await _rest.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"{entity}/{record}/ForeignKey").With(("Accept", "application/xml")));
        var entry = Assert.Single(XDocument.Parse(await xml.Content.ReadAsStringAsync()).Root!.Elements("Entry"));
        Assert.Equal(($"{app}.unit.{table}", $"{record}"), (entry.Element("Key")!.Value, entry.Element("Value")!.Value));
    }

    [Theory]
    [InlineData("Contact/x/ForeignKey", HttpStatusCode.BadRequest)]
    [InlineData("Contact/-1/ForeignKey", HttpStatusCode.BadRequest)]
    [InlineData("Contact/2147483648/ForeignKey", HttpStatusCode.BadRequest)]
    [InlineData("Contact//ForeignKey", HttpStatusCode.BadRequest)]
    [InlineData("Selection/7/ForeignKey", HttpStatusCode.NotFound)]
    [InlineData("associate/7/ForeignKey", HttpStatusCode.NotFound)]
    [InlineData("Contact/7", HttpStatusCode.NotFound)]
    public async Task OtherRecords_AreErrors(string path, HttpStatusCode expected) =>
        await (await _rest.GetAsync(path)).ReadErrorAsync(expected);

    [Fact]
    public async Task TimeZones_AreTheDocumented_AndTheirCodesAndNumbersAreTaken()
    {
        var zones = (await GetAsync("TimeZone")).AsArray();

        Assert.Equal(TimeZones.Known.Count, zones.Count);
        foreach (var zone in zones)
        {
            var (code, number) = ((string)zone!["TZLocationCode"]!, (int)zone["TZLocationID"]!);
            Assert.NotEmpty((string)zone["Name"]!);
            foreach (var header in number == 0 ? [code] : new[] { code, $"{number}" })
            {
                var current = await CurrentAsync(header);
                Assert.Equal(code.Replace("CA-BC2", "CA-BC", StringComparison.Ordinal), (string?)current["TZLocationCode"]);
            }
        }

        Assert.Equal(10, zones.Count(zone => (int)zone!["TZLocationID"]! > 0));
        Assert.Equal((1, "UTC"), ((int)(await GetAsync("TimeZone/base"))["TZLocationID"]!, (string?)(await CurrentAsync(null))["Name"]));
    }

    [Theory]
    [InlineData("261", 261, "NO", "Norway", "Oslo")]
    [InlineData("us-ny,includeTZOffset", 460, "US-NY", "United States", "New York")]
    [InlineData("AU-ACT", 36, "AU-ACT", "Australia", "Canberra")]
    [InlineData("DE", 0, "Europe/Berlin", "Germany", "Berlin")]
    [InlineData("Etc/GMT+5", 0, "Etc/GMT+5", "Etc/GMT+5", "GMT+5")]
    public async Task CurrentTimeZone_IsThatOfTheHeader(string header, int number, string code, string name, string city)
    {
        var zone = await CurrentAsync(header);

        Assert.Equal((number, code, name, city), (
            (int)zone["TZLocationID"]!, (string)zone["TZLocationCode"]!, (string)zone["Name"]!, (string)zone["TZLocationCities"]!));
    }

    [Fact]
    public async Task Grpc_AnswersTheSame()
    {
        var agent = new ServerAgent.ServerAgentClient(server.GrpcInvoker());
        var session = new SessionAgent.SessionAgentClient(server.GrpcInvoker());
        var anyone = new ServerAgent.ServerAgentClient(server.GrpcInvoker(role: null));

        Assert.Equal("v1", (await anyone.GetApiVersionsAsync(new())).ApiVersion);
        Assert.True((await agent.GetTenantStateAsync(new() { ContextIdentifier = "a" })).IsRunning);
        Assert.Equal(TimeZones.Known.Count, (await agent.GetTimeZonesAsync(new())).TimeZones.Count);
        Assert.Equal(261, (await agent.GetCurrentTimeZoneAsync(new(), new Metadata { { "so-timezone", "NO" } })).TzLocationId);
        Assert.Equal("Writer", (await session.GetCurrentPrincipalAsync(new())).UserName);
        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await agent.GetTenantStateAsync(new() { ContextIdentifier = " " }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var response = await _rest.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.ReadAsync())!;
    }

    private async Task<JsonNode> CurrentAsync(string? zone)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "TimeZone/current");
        if (zone is not null)
        {
            request.Headers.Add("SO-TimeZone", zone);
        }

        using var response = await _rest.SendAsync(request);
        return (await response.ReadAsync())!;
    }

    private async Task SaveAsync(string app, string table, int record) => await server.Grpc().SaveForeignKeyAsync(new SaveForeignKeyRequest
    {
        ApplicationName = app,
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = table, KeyValue = $"{record}", TableName = table, RecordId = record },
    });
}
