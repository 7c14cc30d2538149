using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The vendor's client by each of its ways to authenticate, with language, culture and time zone set.</summary>
public sealed class VendorClientCredentialTests : IAsyncLifetime
{
    private const string Issuer = "https://id.example.com";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly string _keyFile = Path.GetTempFileName();
    private readonly ServerProcess _server = new();

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, $$"""{"keys":[{"kty":"oct","alg":"HS256","k":"{{Encode(Key)}}"}]}""");
        _server.Settings["Auth__Bearer__KeyFile"] = _keyFile;
        _server.Settings["Auth__Bearer__Issuer"] = Issuer;
        _server.Settings["Auth__Bearer__Audience"] = "foreigngrpc";
        _server.Settings["Auth__Bearer__Roles__writers"] = "Writer";
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        File.Delete(_keyFile);
    }

    [NodeFact]
    public Task WithPassword() => CallsAsync(["authenticateWithPassword", ServerProcess.User, ServerProcess.Password], "Terje Development");

    [NodeFact]
    public async Task WithTicket()
    {
        using var rest = _server.Rest();
        using var issued = await rest.PostAsync("api/v1/Session/Tickets", null);
        var ticket = JsonNode.Parse(await issued.Content.ReadAsStringAsync())!["Ticket"]!;

        await CallsAsync(["authenticateWithTicket", ticket.DeepClone()], "Terje Development");
    }

    [NodeFact]
    public Task WithToken()
    {
        var expires = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds();
        var text = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(
            $$"""{"sub":"robot","name":"The Robot","iss":"{{Issuer}}","aud":"foreigngrpc","roles":["writers"],"exp":{{expires}}}"""))}";
        var token = $"{text}.{Encode(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(text)))}";

        return CallsAsync(["authenticateWithToken", token], "The Robot");
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private async Task CallsAsync(JsonArray authenticate, string fullName)
    {
        using var client = await VendorClient.StartAsync(
            _server, authenticate,
            new JsonObject { ["languageCode"] = "nb", ["cultureCode"] = "nb-NO", ["timezone"] = "NO", ["timezoneInclude"] = true });
        var key =
            new JsonObject { ["key"] = "k", ["value"] = "US:\"Supplier\";NO:\"Leverandør\"", ["recordId"] = 7, ["tableName"] = "contact" };

        var saved = (await client.CallAsync("saveForeignKeyAsync", key, "erp", "unit", "1"))!;

        Assert.Equal(fullName, (string?)saved["updatedBy"]);
        Assert.InRange(
            DateTimeOffset.UtcNow - DateTimeOffset.Parse((string)saved["updatedDate"]!, null), TimeSpan.FromSeconds(-1),
            TimeSpan.FromMinutes(1));
    }
}
