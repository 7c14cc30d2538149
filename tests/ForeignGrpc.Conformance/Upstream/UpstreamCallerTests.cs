using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Conformance;

/// <summary>Callers whom the upstream server knows.</summary>
public sealed class UpstreamCallerTests : IAsyncLifetime
{
    private const string Ticket = "SoTicket 7T:MQAyADMA==";
    private const string Question = "/Cust12345/api/v1/User/currentPrincipal";

    private readonly ServerBeforeUpstream _server = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server.Settings["Upstream__Roles__Readers"] = "Reader";
        await _server.InitializeAsync();
        await _server.StandIn.AcceptAsync(Ticket, "anna", "Anna Upstream");
        _client = _server.Plain();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(Ticket)]
    [InlineData("soticket  7T:MQAyADMA==")]
    [InlineData("Bearer 8A:opaque")]
    [InlineData("Basic YW5uYTpwOnc=")]
    public async Task Caller_MayWrite_UnderTheNameOfTheUpstream_AndTheCredentialIsForwarded(string authorization)
    {
        await _server.StandIn.AcceptAsync(authorization, "anna", "Anna Upstream");

        var saved = await SaveAsync(authorization);
        using var contact = await SendAsync(HttpMethod.Get, "api/v1/Contact/7", authorization, ("SO-AppToken", "theirs"));

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.Equal("Anna Upstream", (string?)JsonNode.Parse(await saved.Content.ReadAsStringAsync())!["CreatedBy"]);
        Assert.Equal(HttpStatusCode.OK, contact.StatusCode);
        var seen = await _server.StandIn.SeenAsync();
        Assert.All(seen, request => Assert.Equal(authorization, request.Header("Authorization")));
        Assert.Equal(
            [null, "theirs"], seen.Where(request => request.Target == Question).Select(request => request.Header("SO-AppToken")));
    }

    [Fact]
    public async Task Caller_MayCallOverGrpc()
    {
        var (agent, _) = _server.Grpc();

        var app = await agent.CreateDefaultForeignAppEntityAsync(
            new CreateDefaultForeignAppEntityRequest(), new Metadata { { "authorization", Ticket } });

        Assert.Equal(0, app.ForeignAppId);
    }

    [Fact]
    public async Task RoleOfTheUpstream_IsMapped()
    {
        await _server.StandIn.AcceptAsync("Bearer reader", "rita", "Rita", "readers");

        using var read = await SendAsync(HttpMethod.Get, "api/v1/ForeignApp", "Bearer reader");
        using var saved = await SaveAsync("Bearer reader");
        using var ticket = await SendAsync(HttpMethod.Post, "api/v1/Session/Tickets", Ticket);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (read.StatusCode, saved.StatusCode, ticket.StatusCode));
    }

    [Fact]
    public async Task UnknownCredential_Is401_AndIsNotAskedAtOnceAgain()
    {
        var (first, second) = (await SaveAsync("SoTicket 7T:unknown"), await SaveAsync("SoTicket 7T:unknown"));
        await _server.StandIn.AcceptAsync("Bearer long", "anna", new string('x', 255));
        await _server.StandIn.AcceptAsync("Bearer control", "an\nna", "Anna");
        await _server.StandIn.AcceptAsync("Bearer blank", "", "Anna");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (first.StatusCode, second.StatusCode));
        Assert.Equal(["Basic", "SoTicket", "Bearer"], first.Headers.WwwAuthenticate.Select(scheme => scheme.Scheme));
        Assert.Single(await _server.StandIn.SeenAsync());
        foreach (var name in new[] { "long", "control", "blank" })
        {
            Assert.Equal((name, HttpStatusCode.Unauthorized), (name, (await SaveAsync($"Bearer {name}")).StatusCode));
        }
    }

    [Fact]
    public async Task ManyCalls_AskOneQuestion()
    {
        await _server.StandIn.HoldAsync();
        var calls = Enumerable.Range(0, 50).Select(_ => SendAsync(HttpMethod.Get, "api/v1/ForeignApp", Ticket)).ToList();
        var seen = await _server.StandIn.UntilSeenAsync(Question);
        await _server.StandIn.ReleaseAsync();

        Assert.All(await Task.WhenAll(calls), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Single(seen.Concat(await _server.StandIn.SeenAsync()), request => request.Target == Question);
    }

    [Fact]
    public async Task UpstreamAway_UnknownCallersWait_AndRememberedOnesGoOn()
    {
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(Ticket)).StatusCode);
        await _server.StandIn.KillAsync();

        using var unknown = await SaveAsync("SoTicket 7T:other");
        using var known = await SaveAsync(Ticket);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (unknown.StatusCode, $"{unknown.Headers.RetryAfter}"));
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        await _server.StandIn.StartAsync();
    }

    [Fact]
    public async Task OddAnswers_Are503_AndALineOfTheLog()
    {
        await _server.StandIn.AnswerQuestionsByAsync(500);

        using var failed = await SaveAsync(Ticket);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Contains("status 500", _server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("7T:MQAyADMA", _server.Log, StringComparison.Ordinal);
        await _server.StandIn.AnswerQuestionsByAsync(200);
    }

    [Fact]
    public async Task HeldBody_DoesNothing_WhenTheUpstreamNoLongerKnowsTheCaller()
    {
        const string Body = """{"Key":"held","Value":"v"}""";
        await RestartAsync("Upstream__RememberSeconds", "2");
        using var held = await RawConnection.OpenAsync(_server.RestUri);
        await held.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /api/v1/ForeignApp/held/unit/1/Key HTTP/1.1\r\nHost: x\r\nAuthorization: {Ticket}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body[..5]}"));
        await _server.StandIn.UntilSeenAsync(Question);
        await _server.StandIn.RevokeAsync(Ticket);
        await UntilAsync(async () => (await SaveAsync(Ticket)).StatusCode == HttpStatusCode.Unauthorized);

        var (status, _) = await held.SendAsync(Encoding.ASCII.GetBytes(Body[5..]));

        Assert.Equal(401, status);
        using var rest = _server.Rest();
        Assert.Equal(HttpStatusCode.NotFound, (await rest.GetAsync("api/v1/ForeignApp/held")).StatusCode);
    }

    [Fact]
    public async Task WrongCredentials_HaveALimit_ThatKnownCallersDoNotFeel()
    {
        await RestartAsync("Auth__WrongPasswordsPerAddress", "5");
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(Ticket)).StatusCode);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SaveAsync($"Bearer wrong{i}")).StatusCode);
        }

        await _server.StandIn.SeenAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SaveAsync("Bearer another")).StatusCode);
        Assert.DoesNotContain(await _server.StandIn.SeenAsync(), request => request.Header("Authorization") == "Bearer another");
        Assert.Equal(HttpStatusCode.OK, (await SaveAsync(Ticket)).StatusCode);
    }

    [Fact]
    public async Task KnownCallerRequired_CallersOfTheUpstreamAreKnown()
    {
        await RestartAsync("Upstream__RequireKnownCaller", "true");

        using var known = await SendAsync(HttpMethod.Get, "api/v1/Contact/7", Ticket);
        await _server.StandIn.SeenAsync();
        using var unknown = await SendAsync(HttpMethod.Get, "api/v1/Contact/7", "SoTicket 7T:unknown");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
        Assert.Equal([Question], (await _server.StandIn.SeenAsync()).Select(request => request.Target));
    }

    [Fact]
    public async Task WithoutAuthentication_NoCredentialIsAsked()
    {
        await RestartAsync("Upstream__Authenticate", "false");

        using var saved = await SaveAsync(Ticket);
        using var contact = await SendAsync(HttpMethod.Get, "api/v1/Contact/7", Ticket);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (saved.StatusCode, contact.StatusCode));
        Assert.Equal(["/Cust12345/api/v1/Contact/7"], (await _server.StandIn.SeenAsync()).Select(request => request.Target));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await holds())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task RestartAsync(string setting, string value)
    {
        await _server.StopAsync();
        _server.Settings[setting] = value;
        await _server.StartAsync();
    }

    private Task<HttpResponseMessage> SaveAsync(string authorization) => SendAsync(
        HttpMethod.Put, "api/v1/ForeignApp/erp/unit/1/Key", authorization, body: """{"Key":"k","Value":"v"}""");

    private Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string authorization, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, authorization, null, headers);

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string authorization, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.SendAsync(request);
    }
}
