using System.Net;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Which address, scheme and host a request has behind a proxy, and the cookies of secure requests.</summary>
public sealed class KnownProxyTests
{
    private static readonly string[] Known = ["--Proxies:Known:0=127.0.0.1", "--Proxies:Known:1=10.0.0.0/8"];

    [Fact]
    public async Task CallersBehindAKnownProxy_AreCountedByTheirOwnAddresses()
    {
        await using var server = await StartAsync([.. Known, "--Auth:WrongPasswordsPerAddress=1"]);

        Assert.Equal(HttpStatusCode.Unauthorized, await WrongLoginAsync(server, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await WrongLoginAsync(server, "203.0.113.2"));

        // The first address is what the caller sent; a second proxy adds that of the first.
        Assert.Equal(HttpStatusCode.TooManyRequests, await WrongLoginAsync(server, "198.51.100.1, 203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await WrongLoginAsync(server, "198.51.100.2, 203.0.113.1, 10.1.2.3"));
        Assert.Equal(StatusCode.ResourceExhausted, await WrongLoginOverGrpcAsync(server, "203.0.113.2"));
        Assert.Equal(StatusCode.Unauthenticated, await WrongLoginOverGrpcAsync(server, "203.0.113.3"));
    }

    [Theory]
    [InlineData]
    [InlineData("--Proxies:Known:0=127.0.0.2")]
    [InlineData("--Proxies:Known:0=10.0.0.0/8")]
    [InlineData("--Proxies:Known:0=::1")]
    [InlineData("--ForwardedHeaders_Enabled=false")]
    public async Task HeadersOfOthers_AreNotHonoured(params string[] settings)
    {
        await using var server = await StartAsync([.. settings, "--Auth:WrongPasswordsPerAddress=1"]);

        var links = await LinksAsync(server);
        Assert.DoesNotContain("https:", links, StringComparison.Ordinal);
        Assert.DoesNotContain("keys.example.com", links, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Unauthorized, await WrongLoginAsync(server, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await WrongLoginAsync(server, "203.0.113.2"));
        Assert.Equal(StatusCode.ResourceExhausted, await WrongLoginOverGrpcAsync(server, "203.0.113.3"));
    }

    [Fact]
    public async Task Links_ShowSchemeAndHostOfTheCallersRequest_AndAllowedHostsHoldForIt()
    {
        await using var server = await StartAsync([.. Known, "--AllowedHosts=keys.example.com"]);

        Assert.Contains("https://keys.example.com/api/v1/ForeignApp/", await LinksAsync(server), StringComparison.Ordinal);
        using var other = Forwarded(HttpMethod.Get, "ForeignApp/default", "evil.example");
        await (await server.Rest().SendAsync(other)).ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task SecureSession_HasACookieOfItsHostAlone_WhichNoCleartextCookieReplaces()
    {
        await using var server = await StartAsync(Known);
        using var request = Forwarded(HttpMethod.Post, "Session/Login");
        request.Content = Http.Json("""{"UserName":"Writer","Password":"Writer 🔑:"}""");
        request.Headers.Add("Origin", "https://keys.example.com");
        using var login = await server.Rest(role: null).SendAsync(request);
        var cookies = login.Headers.GetValues("Set-Cookie").ToList();
        var xsrfToken = (string)(await login.ReadAsync())!["XsrfToken"]!;

        Assert.Equal(2, cookies.Count);
        foreach (var (cookie, name, isHidden) in new[]
        {
            (cookies[0], "__Host-ForeignGrpc-Session", true), (cookies[1], "XSRF-TOKEN", false),
        })
        {
            var parts = cookie.ToLowerInvariant().Split("; ");
            Assert.StartsWith($"{name}=", cookie, StringComparison.Ordinal);
            Assert.Superset(new HashSet<string> { "path=/", "secure", "samesite=strict" }, parts.ToHashSet());
            Assert.Equal(isHidden, parts.Contains("httponly"));
            Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
        }

        var secret = cookies[0].Split('=', ';')[1];
        foreach (var (name, isSecure, expected) in new[]
        {
            (SessionCookies.SecureSession, true, HttpStatusCode.OK), (SessionCookies.Session, true, HttpStatusCode.Unauthorized),
            (SessionCookies.SecureSession, false, HttpStatusCode.Unauthorized), (SessionCookies.Session, false, HttpStatusCode.OK),
        })
        {
            using var read = isSecure
                ? Forwarded(HttpMethod.Get, "ForeignApp/default")
                : new HttpRequestMessage(HttpMethod.Get, "ForeignApp/default");
            read.Headers.Add("Cookie", $"{name}={secret}");
            read.Headers.Add(SessionCookies.XsrfHeader, xsrfToken);
            using var answer = await server.Rest(role: null).SendAsync(read);
            Assert.True(expected == answer.StatusCode, $"{name}, secure {isSecure}: {answer.StatusCode}");
        }

        using var end = Forwarded(HttpMethod.Post, "Session/Logout");
        end.Headers.Add("Cookie", $"{SessionCookies.SecureSession}={secret}");
        end.Headers.Add(SessionCookies.XsrfHeader, xsrfToken);
        using var logout = await server.Rest(role: null).SendAsync(end);
        Assert.Contains(logout.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(
            "__Host-ForeignGrpc-Session=;", StringComparison.Ordinal)
            && cookie.Contains("1970", StringComparison.Ordinal) && cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Proxies:Known:0=proxy.example.com", "Proxies:Known: 'proxy.example.com' is neither an IP address")]
    [InlineData("Proxies:Known:0=", "Proxies:Known: '' is neither an IP address")]
    [InlineData("Proxies:Known:0=10.1", "Proxies:Known: '10.1' is neither an IP address")]
    [InlineData("Proxies:Known:0=010.0.0.1", "Proxies:Known: '010.0.0.1' is neither an IP address")]
    [InlineData("Proxies:Known:0=10.0.0.1/8", "Proxies:Known: '10.0.0.1/8' is neither an IP address")]
    [InlineData("Proxies:Known:0=10.0.0.0/33", "Proxies:Known: '10.0.0.0/33' is neither an IP address")]
    [InlineData("Proxies:Known:0=10.0.0.1:80", "Proxies:Known: '10.0.0.1:80' is neither an IP address")]
    [InlineData("Proxies:Known=10.0.0.1", "It is a list: write Proxies:Known:0")]
    [InlineData("Proxies:Knwon:0=10.0.0.1", "There is no setting Proxies:Knwon. Did you mean Proxies:Known?")]
    [InlineData(
        "ForwardedHeaders_Enabled=true",
        "variable ASPNETCORE_FORWARDEDHEADERS_ENABLED): any client could then claim any address. Set Proxies:Known:0")]
    [InlineData("FORWARDEDHEADERS_ENABLED=True", "Set Proxies:Known:0")]
    public async Task WrongProxies_StopTheStart(string setting, string because)
    {
        await using var server = new RunningServer { Settings = [$"--{setting}"] };

        var refusal = await Assert.ThrowsAsync<OperatorException>(server.InitializeAsync);

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static async Task<RunningServer> StartAsync(string[] settings)
    {
        var server = new RunningServer { Settings = settings };
        await server.InitializeAsync();
        return server;
    }

    private static HttpRequestMessage Forwarded(HttpMethod verb, string path, string host = "keys.example.com") => new(verb, path)
    {
        Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", host } },
    };

    private static async Task<string> LinksAsync(RunningServer server)
    {
        using var save = Forwarded(HttpMethod.Post, "ForeignApp");
        save.Content = Http.Json("""{"Name":"erp"}""");
        return (await (await server.Rest(UserRole.Writer).SendAsync(save)).ReadAsync())!["_Links"]!.ToJsonString();
    }

    private static async Task<HttpStatusCode> WrongLoginAsync(RunningServer server, string from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "Session/Login")
        {
            Content = Http.Json("""{"UserName":"Reader","Password":"wrong"}"""),
        };
        request.Headers.Add("X-Forwarded-For", from);
        return (await server.Rest(role: null).SendAsync(request)).StatusCode;
    }

    private static async Task<StatusCode> WrongLoginOverGrpcAsync(RunningServer server, string from) =>
        (await Assert.ThrowsAsync<RpcException>(async () =>
            await new SessionAgent.SessionAgentClient(server.GrpcInvoker(role: null))
                .LoginAsync(
                    new LoginRequest { UserName = "Reader", UserPassword = "wrong" },
                    new Metadata { { "x-forwarded-for", from } }))).StatusCode;
}
