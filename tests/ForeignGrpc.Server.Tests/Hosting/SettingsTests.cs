using System.Net;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Settings that a server would pass over in silence stop its start with one line, and those of hosts and origins hold.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("Limits:Vaule=3", "There is no setting Limits:Vaule. Did you mean Limits:Value?")]
    [InlineData("Limits:RequestLineBytes=3", "There is no setting Limits:RequestLineBytes.")]
    [InlineData("limits:calls:percaller=3", "It is a single value; there is no")]
    [InlineData("Limits:BodyBytes=10MB", "'10MB' at 'Limits:BodyBytes'")]
    [InlineData("Auth:Bearer:Rolls:x=Writer", "There is no setting Auth:Bearer:Rolls. Did you mean Auth:Bearer:Roles?")]
    [InlineData("Auth:Bearer:Roles:x=7", "Auth:Bearer:Roles:x is '7'. It must be one of Reader, Writer, Admin.")]
    [InlineData("Auth:Bearer=on", "Auth:Bearer is 'on'. It is a section of settings.")]
    [InlineData("Auth:AppTokens=secret", "It is a list: write Auth:AppTokens:0, Auth:AppTokens:1 and so on.")]
    [InlineData("Auth:Basic=yes", "'yes' at 'Auth:Basic'")]
    [InlineData("Storage:Provider=1", "Storage:Provider is '1'. Provider must be Sqlite or Postgres.")]
    [InlineData("Storage:WriteQeue=1", "Did you mean Storage:WriteQueue?")]
    [InlineData("Tables:AcceptUnkown=false", "Did you mean Tables:AcceptUnknown?")]
    [InlineData("Cors:Origin:0=https://app.example.com", "There is no setting Cors:Origin. Did you mean Cors:Origins?")]
    [InlineData("Cors:Origins=https://app.example.com", "It is a list: write Cors:Origins:0")]
    [InlineData(
        "Cors:Origins:0=https://app.example.com/",
        "Cors:Origins:0 is 'https://app.example.com/'. An origin has no path, no slash at its end and no default port: "
        + "write 'https://app.example.com'.")]
    [InlineData("Cors:Origins:0=https://app.example.com:443", "write 'https://app.example.com'.")]
    [InlineData("Cors:Origins:0=https://app.example.com/path", "write 'https://app.example.com'.")]
    [InlineData("Cors:Origins:1=*", "Cors:Origins:0 is '*'.")]
    [InlineData("Cors:Origins:0=null", "Cors:Origins:0 is 'null'.")]
    [InlineData("Cors:Origins:0=https://*.example.com", "Cors:Origins:0 is 'https://*.example.com'.")]
    [InlineData("Cors:Origins:0=app.example.com", "Cors:Origins:0 is 'app.example.com'.")]
    [InlineData("Cors:Origins:0=file:///x", "Cors:Origins:0 is 'file:///x'.")]
    [InlineData("Upstream:Url=online3.superoffice.com", "Upstream:Url is 'online3.superoffice.com'. It must be an http or https address")]
    [InlineData("Upstream:Url=ftp://x", "Upstream:Url is 'ftp://x'.")]
    [InlineData("Upstream:Url=https://x/y?z=1", "Upstream:Url is 'https://x/y?z=1'.")]
    [InlineData("Upstream:Url=https://x/#y", "Upstream:Url is 'https://x/#y'.")]
    [InlineData("Upstream:Url=https://anna:secret@x", "without a query, a fragment, a name and a password")]
    [InlineData("Upstream:ConnectSeconds=0", "Upstream:ConnectSeconds is '0'.")]
    [InlineData("Upstream:ActivitySeconds=86401", "Upstream:ActivitySeconds is '86401'.")]
    [InlineData("Upstream:Role=Boss", "Upstream:Role is 'Boss'. It must be one of Reader, Writer, Admin.")]
    [InlineData("Upstream:Uri=https://x", "Did you mean Upstream:Url?")]
    [InlineData("Grpc:Reflexion=false", "Did you mean Grpc:Reflection?")]
    [InlineData("Limit:Value=3", "There is no section of settings 'Limit'. Did you mean 'Limits'?")]
    [InlineData("Stroage:Readers=3", "There is no section of settings 'Stroage'. Did you mean 'Storage'?")]
    [InlineData("Kestrel:Limits:MaxConcurentConnections=3", "Did you mean Kestrel:Limits:MaxConcurrentConnections?")]
    [InlineData("Kestrel:Limits:Http2:MaxStreams=3", "There is no setting Kestrel:Limits:Http2:MaxStreams.")]
    [InlineData("Kestrel:Endpoint:Rest:Url=http://127.0.0.1:0", "There is no setting Kestrel:Endpoint. Did you mean Kestrel:Endpoints?")]
    [InlineData(
        "Kestrel:Endpoints:Rest:Uri=http://127.0.0.1:0",
        "There is no setting Kestrel:Endpoints:Rest:Uri. Did you mean Kestrel:Endpoints:Rest:Url?")]
    [InlineData("Kestrel:Certificates:Default:Pasword=x", "Did you mean Kestrel:Certificates:Default:Password?")]
    [InlineData(
        "ConnectionStrings:ForeignSytem=Data Source=x.db",
        "There is no setting ConnectionStrings:ForeignSytem. Did you mean ConnectionStrings:ForeignSystem?")]
    [InlineData("ConnectionStrings:Default=Data Source=x.db", "ConnectionStrings has ForeignSystem.")]
    [InlineData(
        "ConnectionStrings:ForeignSystem=Data Source=x.db;Mode=ReadOnly",
        "ConnectionStrings:ForeignSystem has Mode=ReadOnly. The server must be able to save.")]
    [InlineData("ConnectionStrings:ForeignSystem=Data Source=x.db;Cache=Shared", "ConnectionStrings:ForeignSystem has Cache=Shared.")]
    [InlineData("ConnectionStrings:ForeignSystem=Data Source=file::memory:?cache=shared", "must name a file")]
    [InlineData("ConnectionStrings:ForeignSystem=Data Source=x;Mode=Memory;Cache=Shared", "Cache=Shared")]
    [InlineData("ConnectionStrings:ForeignSystem=Data Source=:memory:", "must name a file")]
    [InlineData(
        "urls=http://127.0.0.1:0",
        "urls is 'http://127.0.0.1:0' (argument --urls or variable ASPNETCORE_URLS). Set Kestrel:Endpoints:Rest:Url")]
    [InlineData("http_ports=8080", "http_ports is '8080'")]
    [InlineData("AllowedHosts=https://keys.example.com", "AllowedHosts has 'https://keys.example.com'. It takes host names without scheme")]
    [InlineData("AllowedHosts=keys.example.com;keys.example.org:5080", "AllowedHosts has 'keys.example.org:5080'.")]
    public async Task SettingThatNothingWouldRead_StopsTheStart(string setting, string because)
    {
        await using var server = new RunningServer { Settings = [$"--{setting}"] };

        var refusal = await Assert.ThrowsAnyAsync<Exception>(server.InitializeAsync);

        Assert.True(refusal is OperatorException or StoreException, refusal.ToString());
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task SettingsOfOthersInTheEnvironment_AndInAnyCase_DoNotStopTheStart()
    {
        Environment.SetEnvironmentVariable("Other__Program", "3");
        await using var server = new RunningServer
        {
            Settings =
            [
                "--LIMITS:value=10", "--Logging:LogLevel:Default=Error", "--Kestrel:Limits:MinRequestBodyDataRate:BytesPerSecond=5",
                "--Kestrel:EndpointDefaults:Protocols=Http1", "--cors:origins:0=https://App.example.com",
                "--Cors:Origins:1=http://localhost:3000",
                "--Auth:Bearer:Roles:any name=writer", "--urls=", "--AllowedHosts=*.example.com; 127.0.0.1 ;[::1]",
            ],
        };

        await server.InitializeAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await server.Rest().GetAsync("ForeignApp/a/b/Key/c//0")).StatusCode);
    }

    [Fact]
    public async Task AllowedHosts_AreHeldTo_ByAllButProbes()
    {
        await using var server = new RunningServer { Settings = ["--AllowedHosts=keys.example.com;*.example.org"] };
        await server.InitializeAsync();

        foreach (var (host, status) in new[]
        {
            ("keys.example.com", HttpStatusCode.OK), ("KEYS.example.com:5080", HttpStatusCode.OK), ("a.example.org", HttpStatusCode.OK),
            ("evil.example.com", HttpStatusCode.BadRequest), ("example.org", HttpStatusCode.BadRequest), (
                "keys.example.com.evil.example", HttpStatusCode.BadRequest),
        })
        {
            using var answer = await GetAsync("/api/v1/ForeignApp/default", host);
            Assert.True(status == answer.StatusCode, $"{host}: {answer.StatusCode}");
            if (status == HttpStatusCode.BadRequest)
            {
                Assert.Contains($"'{host}'", await answer.ReadErrorAsync(status), StringComparison.Ordinal);
                Assert.Equal(status, (await GetAsync("/openapi/v1.json", host)).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/ready", host)).StatusCode);
            }
        }

        var overGrpc = await Assert.ThrowsAsync<RpcException>(async () => await server.Grpc().GetAllAsync(new GetAllRequest()));
        Assert.Equal(StatusCode.InvalidArgument, overGrpc.StatusCode);
        Assert.Contains("(setting AllowedHosts)", overGrpc.Status.Detail, StringComparison.Ordinal);

        async Task<HttpResponseMessage> GetAsync(string path, string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            return await server.Rest(UserRole.Reader).SendAsync(request);
        }
    }

    [Fact]
    public async Task Links_ShowTheHostThatIsAllowed()
    {
        await using var server = new RunningServer { Settings = ["--AllowedHosts=keys.example.com"] };
        await server.InitializeAsync();
        using var save = new HttpRequestMessage(HttpMethod.Post, "ForeignApp")
        {
            Content = Http.Json("""{"Name":"erp"}"""),
            Headers = { Host = "keys.example.com" },
        };

        var saved = await (await server.Rest().SendAsync(save)).ReadAsync();

        Assert.Contains("http://keys.example.com/api/v1/ForeignApp/", saved!["_Links"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cors_ShowsPagesTheHeadersOfAnswers_AndIsRemembered()
    {
        await using var server = new RunningServer { Settings = ["--Cors:Origins:0=https://app.example.com", "--Cors:MaxAgeSeconds=600"] };
        await server.InitializeAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "ForeignApp/a/b/c/Key")
        {
            Headers = { { "Origin", "https://app.example.com" }, { "Access-Control-Request-Method", "PUT" } },
        };
        using var read =
            new HttpRequestMessage(HttpMethod.Get, "ForeignApp/default") { Headers = { { "Origin", "https://app.example.com" } } };

        var allowed = await server.Rest(role: null).SendAsync(preflight);
        var answer = await server.Rest().SendAsync(read);

        Assert.Equal(
            TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(int.Parse(allowed.Headers.GetValues("Access-Control-Max-Age").Single(), null)));
        Assert.Contains("PUT", allowed.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "Allow", "Content-Language", "ETag", "Last-Modified", "Location", "Retry-After", "SO-TimeZone", "WWW-Authenticate",
                "grpc-status", "grpc-message", "grpc-status-details-bin", "grpc-encoding",
            ],
            answer.Headers.GetValues("Access-Control-Expose-Headers").Single().Split(','));
    }
}
