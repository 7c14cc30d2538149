using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>Requests that this server does not answer itself: unchanged to the upstream server, and its responses unchanged back.</summary>
public sealed class ForwardingTests : IClassFixture<ServerBeforeUpstream>, IAsyncLifetime
{
    private readonly ServerBeforeUpstream _server;
    private readonly HttpClient _client;

    public ForwardingTests(ServerBeforeUpstream server) => (_server, _client) = (server, server.Plain());

    public Task InitializeAsync() => _server.StandIn.SeenAsync();

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("/Cust12345/api/v1/Contact/7", "/Cust12345/api/v1/Contact/7")]
    [InlineData("/api/v1/Contact/7", "/Cust12345/api/v1/Contact/7")]
    [InlineData("/Cust12345/api/v1/Contact/a%2Fb%41?x=%2e%2E/../&y=a+b%20c", "/Cust12345/api/v1/Contact/a%2Fb%41?x=%2e%2E/../&y=a+b%20c")]
    [InlineData("/Cust12345/api//v1///x/", "/Cust12345/api//v1///x/")]
    [InlineData("/Cust12345/a;b=c:d@e!$'()*,/~x-_.y?", "/Cust12345/a;b=c:d@e!$'()*,/~x-_.y?")]
    [InlineData("/cust12345/", "/Cust12345/")]
    [InlineData("/", "/Cust12345/")]
    [InlineData("//evil.example/x", "/Cust12345//evil.example/x")]
    [InlineData("http://x/Cust12345/api/v1/Contact/7?y=1", "/Cust12345/api/v1/Contact/7?y=1")]
    public async Task Target_ArrivesAsItWasSent(string target, string arrives)
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        var (status, _) = await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));

        Assert.Equal((200, arrives), (status, Assert.Single(await _server.StandIn.SeenAsync()).Target));
    }

    [Theory]
    [InlineData("/Cust12345/../x")]
    [InlineData("/Cust12345/api/%2e%2E/x")]
    [InlineData("/..")]
    [InlineData("/Cust12345/./x")]
    public async Task DotSegments_AreRefused(string target)
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        var (status, _) = await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));

        Assert.Equal(400, status);
        Assert.Empty(await _server.StandIn.SeenAsync());
    }

    [Theory]
    [InlineData("GET", "api/v1/ForeignApp")]
    [InlineData("HEAD", "api/v1/ForeignApp")]
    [InlineData("PUT", "api/v1/ForeignApp/own")]
    [InlineData("POST", "api/v1/Agents/ForeignSystem/CreateDefaultForeignAppEntity")]
    [InlineData("GET", "health/ready")]
    [InlineData("GET", "openapi/v1.json")]
    public async Task RequestWithAnEndpointHere_IsAnsweredHere(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Authorization = Service.Credential } };

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
        Assert.Empty(await _server.StandIn.SeenAsync());
    }

    [Theory]
    [InlineData("DELETE", "api/v1/ForeignApp")]
    [InlineData("PATCH", "api/v1/Contact/7")]
    [InlineData("PROPFIND", "api/v1/Contact/7")]
    [InlineData("OPTIONS", "api/v1/Contact/7")]
    [InlineData("HEAD", "api/v1/Contact/7")]
    [InlineData("POST", "api/v1/Agents/Contact/GetContactEntity")]
    public async Task RequestWithAnotherMethodOrPath_IsForwarded(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(request)).StatusCode);
        var seen = Assert.Single(await _server.StandIn.SeenAsync());
        Assert.Equal((method, $"{ServerBeforeUpstream.Tenant}/{path}"), (seen.Method, seen.Target));
    }

    [Fact]
    public async Task Headers_ArriveAsTheyWereSent_ButThoseOfTheConnection()
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        await connection.SendAsync(Encoding.UTF8.GetBytes(
            "GET /api/v1/Contact/7 HTTP/1.1\r\nHost: x\r\nAuthorization: SoTicket 7T:of-the-upstream\r\nSO-AppToken: theirs\r\n"
            + "Cookie: a=1; b=\"2,3\"\r\nSO-Language: nb\r\nSO-TimeZone: nowhere\r\nAccept: text/html;q=0.1\r\nX-Name: Bjørn 🔑\r\n"
            + "X-HTTP-Method-Override: PATCH\r\nx_odd.name: 1\r\nIf-Match: W/\"3\"\r\ntraceparent: 00-1-2-00\r\nContent-Type: text/x\r\n"
            + "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic x\r\nTE: trailers\r\n"
            + "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: evil\r\nVia: 1.1 other\r\n\r\n"));

        var seen = Assert.Single(
            await _server.StandIn.SeenAsync(), request => request.Target.EndsWith("/Contact/7", StringComparison.Ordinal));
        Assert.Equal(_server.StandIn.Address.Authority, seen.Header("Host"));
        Assert.Equal("SoTicket 7T:of-the-upstream", seen.Header("Authorization"));
        Assert.Equal("theirs", seen.Header("SO-AppToken"));
        Assert.Equal("a=1; b=\"2,3\"", seen.Header("Cookie"));
        Assert.Equal("nb", seen.Header("SO-Language"));
        Assert.Equal("nowhere", seen.Header("SO-TimeZone"));
        Assert.Equal("text/html;q=0.1", seen.Header("Accept"));
        Assert.Equal("Bjørn 🔑", seen.Header("X-Name"));
        Assert.Equal("PATCH", seen.Header("X-HTTP-Method-Override"));
        Assert.Equal("1", seen.Header("x_odd.name"));
        Assert.Equal("W/\"3\"", seen.Header("If-Match"));
        Assert.Equal("00-1-2-00", seen.Header("traceparent"));
        Assert.Equal("text/x", seen.Header("Content-Type"));
        Assert.StartsWith("1.1 other, 1.1 foreigngrpc-", seen.Header("Via"), StringComparison.Ordinal);
        Assert.All(
            ["X-Hop", "Keep-Alive", "Proxy-Authorization", "X-Forwarded-For", "X-Forwarded-Host", "Connection", "traceid"],
            name => Assert.Null(seen.Header(name)));
    }

    [Fact]
    public async Task Errors_ComeBackAsTheyAre()
    {
        var failing = await _client.GetAsync("failing");
        var nothing = await _client.GetAsync("nothing");
        var redirect = await _client.GetAsync("redirect");

        Assert.Equal((HttpStatusCode.InternalServerError, """{"Error":true,"Message":"of the upstream"}"""), (
            failing.StatusCode, await failing.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.NotFound, ""), (nothing.StatusCode, await nothing.Content.ReadAsStringAsync()));
        Assert.Null(nothing.Content.Headers.ContentType);
        Assert.Equal((HttpStatusCode.Redirect, "/elsewhere"), (redirect.StatusCode, $"{redirect.Headers.Location}"));
    }

    [Fact]
    public async Task CompressedResponse_ComesBackAsItIs_AndNoOtherIsCompressed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "gzip") { Headers = { { "Accept-Encoding", "gzip, br" } } };
        using var plain = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7") { Headers = { { "Accept-Encoding", "gzip, br" } } };

        var compressed = await _client.SendAsync(request);
        var uncompressed = await _client.SendAsync(plain);

        await using var body = new System.IO.Compression.GZipStream(
            await compressed.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal("""{"Name":"compressed"}""", await new StreamReader(body).ReadToEndAsync());
        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        Assert.Empty(uncompressed.Content.Headers.ContentEncoding);
        Assert.False(uncompressed.Headers.Contains("Vary"));
        Assert.Equal(7, (int)JsonNode.Parse(await uncompressed.Content.ReadAsStringAsync())!["ContactId"]!);
    }

    [Fact]
    public async Task CookiesAndHeadersOfResponses_ComeBack_ButNoCookieOfThisServersSessions()
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        var (_, answer) = await connection.SendAsync(Encoding.ASCII.GetBytes("GET /cookies HTTP/1.1\r\nHost: x\r\n\r\n"));

        Assert.Contains("\r\nSet-Cookie: a=1; Path=/\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: b=2\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Latin: Leverandør\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResponseThatBreaksOff_BreaksOffHere()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync("cut"));
        var reset = await _client.GetAsync("reset");

        Assert.Equal((HttpStatusCode.BadGateway, "1"), (reset.StatusCode, $"{reset.Headers.RetryAfter}"));
        Assert.Equal("ForeignGrpc", (string?)JsonNode.Parse(await reset.Content.ReadAsStringAsync())!["ErrorSource"]);
    }

    [Theory]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eDp4\r\n", 501)]
    [InlineData("Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n", 501)]
    [InlineData("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", 200)]
    public async Task OtherProtocols_AreRefused_ButForOneThatIsOnlyOffered(string headers, int expected)
    {
        using var connection = await RawConnection.OpenAsync(_server.RestUri);

        var (status, _) = await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /socket HTTP/1.1\r\nHost: x\r\n{headers}\r\n"));

        Assert.Equal(expected, status);
        Assert.Equal(expected == 200 ? 1 : 0, (await _server.StandIn.SeenAsync()).Count);
    }

    [Fact]
    public async Task UnknownGrpcCall_IsNotForwarded()
    {
        using var client = new HttpClient { BaseAddress = _server.GrpcUri };
        foreach (var path in new[] { "unknown.Service/Call", "a/b/c" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Version = new Version(2, 0),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { { "Content-Type", "application/grpc" } } },
            };
            using var response = await client.SendAsync(request);
            using var web = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { { "Content-Type", "application/grpc-web+proto" } } };
            using var overWeb = await _client.PostAsync(path, web);
        }

        Assert.Empty(await _server.StandIn.SeenAsync());
    }
}
