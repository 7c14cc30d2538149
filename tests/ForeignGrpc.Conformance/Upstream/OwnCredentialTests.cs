using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>Credentials of this server never reach the upstream server, whatever else a request has.</summary>
public sealed class OwnCredentialTests : IAsyncLifetime
{
    private const string AppToken = "an app token of this server";

    private const string Issuer = "https://id.example.com";

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly string _keyFile = Path.GetTempFileName();
    private readonly ServerBeforeUpstream _server = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, $$"""{"keys":[{"kty":"oct","alg":"HS256","k":"{{Base64Url.EncodeToString(Key)}}"}]}""");
        _server.Settings["Auth__AppTokens__0"] = AppToken;
        _server.Settings["Auth__Bearer__KeyFile"] = _keyFile;
        _server.Settings["Auth__Bearer__Issuer"] = Issuer;
        _server.Settings["Auth__Bearer__Audience"] = "foreigngrpc";
        await _server.InitializeAsync();
        _client = _server.Plain();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        File.Delete(_keyFile);
    }

    [Theory]
    [InlineData("\"foreigngrpc\"", "https://id.example.com", 5, 200, false)]
    [InlineData("\"foreigngrpc\"", "https://id.example.com", -5, 401, false)]
    [InlineData("\"foreigngrpc\"", "https://other.example.com", 5, 401, false)]
    [InlineData("\"foreigngrpc/\"", "https://other.example.com", 5, 401, false)]
    [InlineData("[\"other\",\"foreigngrpc\"]", "https://id.example.com", -5, 401, false)]
    [InlineData("\"other\"", "https://id.example.com", 5, 200, true)]
    [InlineData("[]", "https://id.example.com", 5, 200, true)]
    public async Task Token_IsForTheServerThatItsAudienceNames(string audience, string issuer, int minutes, int status, bool isForwarded)
    {
        var expires = DateTimeOffset.UtcNow.AddMinutes(minutes).ToUnixTimeSeconds();
        var text = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"sub":"r","iss":"{{issuer}}","aud":{{audience}},"exp":{{expires}}}"""))}";
        var token = $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.ASCII.GetBytes(text)))}";
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7");
        request.Headers.Add("Authorization", $"Bearer {token}");

        Assert.Equal(status, (int)(await _client.SendAsync(request)).StatusCode);

        var seen = await _server.StandIn.SeenAsync();
        Assert.Equal(isForwarded, seen.Exists(one => one.Text.Contains(token, StringComparison.Ordinal)));
        Assert.Equal(status == 200, seen.Exists(one => one.Target.EndsWith("/Contact/7", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CredentialsOfThisServer_AreTakenOff_AndTheRestPasses()
    {
        var ticket = await TicketAsync();
        var (session, xsrf) = await LogInAsync();

        foreach (var (name, value) in new[]
                 {
                     ("Authorization", Service.Credential.ToString()),
                     ("Authorization", Service.Credential.ToString().Replace("Basic", "bAsIc ", StringComparison.Ordinal)),
                     ("Authorization", $"SoTicket {ticket}"),
                     ("SO-AppToken", AppToken),
                     ("Cookie", $"a=1; {session}; b=2"),
                     ("Cookie", $"{session},a=1"),
                     ("Cookie", $"a=1;XSRF-TOKEN={xsrf}; {session}"),
                     ("Cookie", $"{session.Replace("ForeignGrpc-Session", "__host-foreigngrpc-SESSION", StringComparison.Ordinal)}; b=2"),
                 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7");
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            request.Headers.Add("X-XSRF-TOKEN", xsrf);

            Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);

            var seen = Assert.Single(await _server.StandIn.SeenAsync());
            AssertNothingOfThisServer(seen.Text, ticket, session);
            Assert.Equal(
                (value.Contains("a=1", StringComparison.Ordinal), value.Contains("b=2", StringComparison.Ordinal)),
                (seen.Text.Contains("a=1", StringComparison.Ordinal), seen.Text.Contains("b=2", StringComparison.Ordinal)));
            Assert.Null(seen.Header("Authorization"));
            Assert.Null(seen.Header("SO-AppToken"));
            Assert.Equal(name == "Cookie", seen.Header("X-XSRF-TOKEN") is null);
        }
    }

    [Fact]
    public async Task WrongCredentialForThisServer_Is401Here()
    {
        var ticket = await TicketAsync();
        foreach (var authorization in new[]
                 {
                     Basic.Of("tje0:wrong"), Basic.Of("TJE0:wrong"), "Basic !", $"Basic {Convert.ToBase64String([0xff, 0x3a])}",
                     $"SoTicket {ticket[..^1]}{(ticket[^1] == 'A' ? 'B' : 'A')}",
                 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

            Assert.Equal(HttpStatusCode.Unauthorized, (await _client.SendAsync(request)).StatusCode);
            Assert.Empty(await _server.StandIn.SeenAsync());
        }
    }

    [Fact]
    public async Task TwoHeadersAuthorization_AreRefused()
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        var (status, _) = await connection.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Negotiate x\r\nAuthorization: SoTicket {await TicketAsync()}\r\n\r\n"));

        Assert.Equal(400, status);
        Assert.Empty(await _server.StandIn.SeenAsync());
    }

    private static void AssertNothingOfThisServer(string text, string ticket, string session) => Assert.All(
        [
            ticket, session.Split('=')[1], Uri.UnescapeDataString(session.Split('=')[1]), Service.Credential.Parameter!, AppToken,
            "ForeignGrpc-Session",
        ],
        secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));

    private async Task<string> TicketAsync()
    {
        using var rest = _server.Rest();
        using var issued = await rest.PostAsync("api/v1/Session/Tickets", null);
        return (string)JsonNode.Parse(await issued.Content.ReadAsStringAsync())!["Ticket"]!;
    }

    private async Task<(string Session, string Xsrf)> LogInAsync()
    {
        using var body = new StringContent("""{"UserName":"tje0","Password":"Tje0"}""", Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync("api/v1/Session/Login", body);
        var cookies = response.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        return (
            cookies.Single(cookie => cookie.StartsWith("ForeignGrpc-Session=", StringComparison.Ordinal)),
            cookies.Single(cookie => cookie.StartsWith("XSRF-TOKEN=", StringComparison.Ordinal)).Split('=')[1]);
    }
}
