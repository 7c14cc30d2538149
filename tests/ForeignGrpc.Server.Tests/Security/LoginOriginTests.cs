using System.Net;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Only pages of this server and of allowed origins, and programs, log in; and credentials come in the body alone.</summary>
public sealed class LoginOriginTests : IAsyncLifetime
{
    private const string Credentials = """{"UserName":"Writer","Password":"Writer 🔑:"}""";

    private readonly RunningServer _server = new() { Settings = ["--Cors:Origins:0=https://app.example.com"] };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "same-origin", true)]
    [InlineData(null, "none", true)]
    [InlineData(null, "cross-site", false)]
    [InlineData(null, "same-site", false)]
    [InlineData(null, "Cross-Site", false)]
    [InlineData("http://keys.example.com", null, true)]
    [InlineData("http://KEYS.example.com", "same-origin", true)]
    [InlineData("https://keys.example.com", null, false)]
    [InlineData("http://keys.example.com:81", null, false)]
    [InlineData("http://keys.example.com.evil.example", null, false)]
    [InlineData("http://example.com", "same-site", false)]
    [InlineData("https://app.example.com", null, true)]
    [InlineData("https://app.example.com", "same-site", true)]
    [InlineData("https://app.example.com", "cross-site", false)]
    [InlineData("http://app.example.com", null, false)]
    [InlineData("https://evil.example", null, false)]
    [InlineData("https://evil.example", "same-origin", false)]
    [InlineData("null", null, false)]
    [InlineData("null", "cross-site", false)]
    public async Task Login_IsForOwnAndAllowedPages_OverRestAndGrpc(string? origin, string? site, bool allowed)
    {
        foreach (var host in new[] { "keys.example.com", "keys.example.com:80" })
        {
            using var request =
                new HttpRequestMessage(HttpMethod.Post, "Session/Login") { Content = Http.Json(Credentials), Headers = { Host = host } };
            Add((name, value) => request.Headers.TryAddWithoutValidation(name, value));
            using var login = await _server.Rest(role: null).SendAsync(request);

            Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, login.StatusCode);
            Assert.Equal(allowed, login.Headers.Contains("Set-Cookie"));
            if (!allowed)
            {
                Assert.Contains("A page of another origin", await login.ReadErrorAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
            }
        }

        // Over gRPC the host is that of the address.
        foreach (var (invoker, address) in new[]
        {
            (_server.GrpcInvoker(role: null), _server.GrpcUri), (_server.GrpcWebInvoker(role: null), _server.RestUri),
        })
        {
            var metadata = new Metadata();
            Add((name, value) => metadata.Add(
                name, value.Replace("keys.example.com", address.Authority, StringComparison.OrdinalIgnoreCase)));
            using var call = new SessionAgent.SessionAgentClient(invoker)
                .LoginAsync(new LoginRequest { UserName = "Writer", UserPassword = "Writer 🔑:" }, metadata);
            if (allowed)
            {
                Assert.Equal("The Writer", (await call).FullName);
            }
            else
            {
                var refused = await Assert.ThrowsAsync<RpcException>(async () => await call);
                Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
                Assert.Contains("A page of another origin", refused.Status.Detail, StringComparison.Ordinal);
            }
        }

        void Add(Action<string, string> add)
        {
            if (origin is not null)
            {
                add("Origin", origin);
            }

            if (site is not null)
            {
                add("Sec-Fetch-Site", site);
            }
        }
    }

    [Theory]
    [InlineData("UserName=Writer")]
    [InlineData("userName=Writer")]
    [InlineData("USERNAME=")]
    [InlineData("Password=x")]
    [InlineData("password=x&$select=FullName")]
    [InlineData("UserName=Writer&Password=Writer%20%F0%9F%94%91%3A")]
    public async Task Credentials_AreNotTakenFromTheQuery(string query)
    {
        foreach (var content in new HttpContent?[]
        {
            Http.Json(Credentials), Http.Json("{}"), null,
            new FormUrlEncodedContent([new("UserName", "Writer"), new("Password", "Writer 🔑:")]),
        })
        {
            using var login = await _server.Rest(role: null).PostAsync($"Session/Login?{query}", content);

            Assert.Contains(
                "must be in the body, not in the query", await login.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
            Assert.False(login.Headers.Contains("Set-Cookie"));
        }
    }
}
