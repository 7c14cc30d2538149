using System.Net;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>An upstream server that goes and comes back, that is silent, and that is this server itself.</summary>
public sealed class UpstreamAwayTests : IAsyncLifetime
{
    private readonly ServerBeforeUpstream _server = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _client = _server.Plain();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task UpstreamAway_Is503_AndOneLineOfTheLog_AndSoIsItsReturn()
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("api/v1/Contact/7")).StatusCode);
        await _server.StandIn.KillAsync();

        for (var i = 0; i < 20; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7") { Headers = { { "SO-Language", "nb" } } };
            var away = await _client.SendAsync(request);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (away.StatusCode, $"{away.Headers.RetryAfter}"));
            var error = JsonNode.Parse(await away.Content.ReadAsStringAsync())!;
            Assert.StartsWith("Oppstrømsserveren kan ikke nås", (string?)error["Message"], StringComparison.Ordinal);
        }

        using var own = _server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("api/v1/ForeignApp")).StatusCode);
        await _server.StandIn.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("api/v1/Contact/7")).StatusCode);
        await UntilLoggedAsync("[5002]");

        Assert.Equal((1, 1), (Count("[5001]"), Count("[5002]")));
    }

    [Fact]
    public async Task SilentUpstream_Is504()
    {
        await _server.StopAsync();
        _server.Settings["Upstream__ActivitySeconds"] = "1";
        await _server.StartAsync();
        await _server.StandIn.HoldAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await _client.GetAsync("held")).StatusCode);
        Assert.Equal(0, Count("[5001]"));
        await _server.StandIn.ReleaseAsync();
    }

    [Fact]
    public async Task Loop_Is508()
    {
        await _server.StopAsync();
        _server.Settings["Upstream__Url"] = new Uri(_server.RestUri, ServerBeforeUpstream.Tenant).ToString();
        await _server.StartAsync();

        var looped = await _client.GetAsync("api/v1/Contact/7");

        Assert.Equal((HttpStatusCode)508, looped.StatusCode);
        Assert.Contains("leads back to this server", await looped.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServersInARow_AreNoLoop()
    {
        await using var first = new Disposal<ServerProcess>(new ServerProcess());
        first.Value.Settings["Upstream__Url"] = new Uri(_server.RestUri, ServerBeforeUpstream.Tenant).ToString();
        await first.Value.InitializeAsync();
        using var client = new HttpClient { BaseAddress = first.Value.RestUri };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/v1/Contact/7")).StatusCode);

        var seen = Assert.Single(await _server.StandIn.SeenAsync());
        Assert.Equal(("/Cust12345/api/v1/Contact/7", 2), (seen.Target, seen.Header("Via")!.Split("1.1 foreigngrpc-").Length - 1));
    }

    [Fact]
    public async Task KnownCallerRequired_NothingIsForwardedForOthers()
    {
        await _server.StopAsync();
        _server.Settings["Upstream__RequireKnownCaller"] = "true";
        await _server.StartAsync();
        using var own = _server.Rest();

        var stranger = await _client.GetAsync("api/v1/Contact/7");
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "api/v1/Contact/7");
        wrong.Headers.TryAddWithoutValidation("Authorization", "SoTicket 7T:wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.NotEmpty(stranger.Headers.WwwAuthenticate);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.SendAsync(wrong)).StatusCode);
        Assert.DoesNotContain(await _server.StandIn.SeenAsync(), seen => seen.Target.Contains("Contact", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("api/v1/Contact/7")).StatusCode);
    }

    [Fact]
    public async Task CallersWithoutACredential_HaveTheLimitsOfSuchCalls()
    {
        await _server.StopAsync();
        _server.Settings["Limits__CallsPerAddress"] = "2";
        await _server.StartAsync();
        using var own = _server.Rest();
        await _server.StandIn.HoldAsync();
        var first = _client.GetAsync("held?1");
        await _server.StandIn.UntilSeenAsync("?1");
        var second = _client.GetAsync("held?2");
        await _server.StandIn.UntilSeenAsync("?2");

        Assert.Equal(HttpStatusCode.TooManyRequests, (await _client.GetAsync("api/v1/Contact/7")).StatusCode);
        Assert.Empty(await _server.StandIn.SeenAsync());
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("api/v1/Contact/7")).StatusCode);
        await _server.StandIn.ReleaseAsync();
        Assert.All(await Task.WhenAll(first, second), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    private int Count(string of) => _server.Log.Split(of).Length - 1;

    private async Task UntilLoggedAsync(string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (Count(line) == 0)
        {
            await Task.Delay(100, limit.Token);
            await _client.GetAsync("api/v1/Contact/7", limit.Token);
        }
    }

    /// <summary>Has a server disposed of at the end of a block.</summary>
    private sealed class Disposal<T>(T value) : IAsyncDisposable
        where T : IAsyncLifetime
    {
        public T Value => value;

        public async ValueTask DisposeAsync() => await value.DisposeAsync();
    }
}
