using System.Net;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>The path before the server's own, by setting and by a proxy's header: in routes, links and cookies.</summary>
public sealed class PathBaseTests
{
    private const string Base = "--PathBase=/erp/keys";
    private const string Known = "--Proxies:Known:0=127.0.0.1";

    [Theory]
    [InlineData("/api/v1/ForeignApp", null, Base, "/erp/keys")]
    [InlineData("/erp/keys/api/v1/ForeignApp", null, Base, "/erp/keys")]
    [InlineData("/ERP/Keys/api/v1/ForeignApp", null, "--PathBase=/erp/keys/", "/erp/keys")]
    [InlineData("/api/v1/ForeignApp", "/t", Known, "/t")]
    [InlineData("/t/api/v1/ForeignApp", "/t", Known, "/t")]
    [InlineData("/api/v1/ForeignApp", "/t/", Known, "/t")]
    [InlineData("/api/v1/ForeignApp", "/", Known, "")]
    [InlineData("/api/v1/ForeignApp", "t", Known, "")]
    [InlineData("/api/v1/ForeignApp", "/t;domain=example.com", Known, "")]
    [InlineData("/api/v1/ForeignApp", "//evil.example", Known, "")]
    [InlineData("/api/v1/ForeignApp", "/t/..", Known, "")]
    [InlineData("/api/v1/ForeignApp", "/%2e%2e/x", Known, "")]
    [InlineData("/api/v1/ForeignApp", "/t", "--Proxies:Known:0=127.0.0.2", "")]
    [InlineData("/api/v1/ForeignApp", "/t", "--PathBase=", "")]
    [InlineData("/api/v1/ForeignApp", "/t", Base, "/erp/keys")]
    [InlineData("/api/v1/ForeignApp", "/t", $"{Base} {Known}", "/t")]
    [InlineData("/erp/keys/api/v1/ForeignApp", "/t", $"{Base} {Known}", "/t/erp/keys")]
    [InlineData("/erp/keys/api/v1/ForeignApp", "/erp/keys", $"{Base} {Known}", "/erp/keys")]
    public async Task LinksHaveThePathBase(string path, string? prefix, string settings, string expected)
    {
        await using var server = await StartAsync(settings.Split(' '));
        using var client = server.Rest();
        var root = $"{server.RestUri.GetLeftPart(UriPartial.Authority)}{expected}";

        var saved = (await (await SendAsync(client, HttpMethod.Post, path, prefix, """{"Name":"erp"}""")).ReadAsync())!;
        await SendAsync(client, HttpMethod.Put, $"{path}/erp/unit/a%2Fb/Key", prefix, """{"Key":"a","Value":"1"}""");
        await SendAsync(client, HttpMethod.Put, $"{path}/erp/unit//Key", prefix, """{"Key":"b","Value":"2"}""");
        var list = (await (await SendAsync(client, HttpMethod.Get, $"{path}?$filter=appName eq 'erp'", prefix)).ReadAsync())!;
        var documentPath = path.Replace("/api/v1/ForeignApp", "/openapi/v1.json", StringComparison.Ordinal);
        var document = (await (await SendAsync(client, HttpMethod.Get, documentPath, prefix)).ReadAsync())!;

        Assert.Equal($"{root}/api/v1/ForeignApp/{saved["ForeignAppId"]}", (string?)saved["_Links"]!["Self"]);
        Assert.Equal($"{root}/api/v1/ForeignApp", (string?)saved["_Links"]!["Archive"]);
        Assert.StartsWith($"{root}/api/v1/", (string?)list["odata.metadata"], StringComparison.Ordinal);
        Assert.Equal(["", "a/b"], list["value"]!.AsArray().Select(row => (string?)row!["deviceIdentifier"]).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Length == 0 ? "/" : expected, (string?)document["servers"]![0]!["url"]);
    }

    [Theory]
    [InlineData("/openapi/v1.json", "\"url\": \"/erp/keys\"")]
    [InlineData("/openapi/v1.yaml", "- url: '/erp/keys'")]
    [InlineData("/openapi/3.0/v1.json", "\"url\": \"/erp/keys\"")]
    [InlineData("/openapi/3.0/v1.yaml", "- url: '/erp/keys'")]
    public async Task Document_HasThePathBase(string path, string server)
    {
        await using var running = await StartAsync(Known);
        using var client = running.Rest();

        var document = await (await SendAsync(client, HttpMethod.Get, path, "/erp/keys")).Content.ReadAsStringAsync();

        Assert.Contains(server, document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextLink_HasThePathBase_AndLeadsOn()
    {
        await using var server = await StartAsync(Base, "--Limits:ListPage=1");
        using var client = server.Rest();
        await client.PutAsync("ForeignApp/one", null);
        await client.PutAsync("ForeignApp/two", null);

        var first = (await (await client.GetAsync("/erp/keys/api/v1/ForeignApp")).ReadAsync())!;
        var next = (string)first["odata.nextLink"]!;
        Assert.StartsWith(new Uri(server.RestUri, "/erp/keys/api/v1/ForeignApp?").ToString(), next, StringComparison.Ordinal);
        Assert.Single((await (await client.GetAsync(next)).ReadAsync())!["value"]!.AsArray());
    }

    [Theory]
    [InlineData("/erp/keys", HttpStatusCode.NotFound)]
    [InlineData("/erp/keys/", HttpStatusCode.NotFound)]
    [InlineData("/erp/keysapi/v1/ForeignApp", HttpStatusCode.NotFound)]
    [InlineData("/erp/keys/erp/keys/api/v1/ForeignApp", HttpStatusCode.NotFound)]
    [InlineData("/erp/keys/health/ready", HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK)]
    [InlineData("/erp/keys/reference", HttpStatusCode.OK)]
    [InlineData("/erp/keys/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/erp/%6beys/api/v1/ForeignApp/erp", HttpStatusCode.OK)]
    public async Task RoutesAreBelowThePathBase(string path, HttpStatusCode status)
    {
        await using var server = await StartAsync(Base);
        using var client = server.Rest();
        await client.PutAsync("ForeignApp/erp", null);

        Assert.Equal(status, (await client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/erp/./keys/api/v1/ForeignApp/erp")]
    [InlineData("/erp/keys/../keys/api/v1/ForeignApp/erp")]
    [InlineData("/x/%2e%2e/erp/keys/api/v1/ForeignApp/erp")]
    [InlineData("/erp/keys/api/v1/ForeignApp/x/../erp")]
    public async Task DotsAreRefusedBelowAPathBase(string path)
    {
        await using var server = await StartAsync(Base);

        var response = await Http.SendRawAsync(
            server.RestUri,
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
            + $"Authorization: {RunningServer.Credential(UserRole.Writer)}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
        Assert.Contains("must not be '.' or '..'", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AbsoluteTarget_IsReadBelowThePathBase()
    {
        await using var server = await StartAsync(Base);

        var response = await Http.SendRawAsync(
            server.RestUri,
            "PUT http://localhost/erp/keys/api/v1/ForeignApp/a%20b?x=1/2 HTTP/1.1\r\nHost: localhost\r\n"
            + $"Authorization: {RunningServer.Credential(UserRole.Writer)}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Contains("\"Name\":\"a b\"", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrpcIsServedBelowThePathBase_AndWithoutIt()
    {
        await using var server = await StartAsync(Base);
        static Marshaller<T> Marshal<T>()
            where T : IMessage<T>, new() =>
                Marshallers.Create(message => message.ToByteArray(), new MessageParser<T>(() => new T()).ParseFrom);
        var below = new Method<PostForeignAppRequest, ForeignAppEntity>(
            MethodType.Unary,
            $"erp/keys/{ForeignSystemAgent.Descriptor.FullName}",
            "PostForeignApp",
            Marshal<PostForeignAppRequest>(),
            Marshal<ForeignAppEntity>());

        var saved = await server.GrpcInvoker().AsyncUnaryCall(below, null, default, new PostForeignAppRequest { AppName = "erp" });

        Assert.Equal("erp", saved.ApplicationName);
        Assert.Equal("erp", (await server.Grpc().PostForeignAppAsync(new PostForeignAppRequest { AppName = "erp" })).ApplicationName);
    }

    [Theory]
    [InlineData(false, SessionCookies.Session)]
    [InlineData(true, SessionCookies.SecureSessionOfPath)]
    public async Task CookiesAreOfThePathBase(bool isSecure, string name)
    {
        await using var server = await StartAsync(Base, Known);
        using var client = server.Rest(role: null);
        using var login = await SendAsync(
            client, HttpMethod.Post, "/erp/keys/api/v1/Session/Login", null, """{"UserName":"Writer","Password":"Writer 🔑:"}""", isSecure);
        var cookies = login.Headers.GetValues("Set-Cookie").ToList();
        var xsrfToken = (string)(await login.ReadAsync())!["XsrfToken"]!;

        Assert.Equal([name, SessionCookies.Xsrf], cookies.Select(cookie => cookie.Split('=')[0]));
        Assert.All(cookies, cookie => Assert.Contains("path=/erp/keys", cookie.Split("; ")));
        Assert.All(cookies, cookie => Assert.Equal(isSecure, cookie.Split("; ").Contains("secure")));

        client.DefaultRequestHeaders.Add("Cookie", cookies[0].Split(';')[0]);
        client.DefaultRequestHeaders.Add(SessionCookies.XsrfHeader, xsrfToken);
        using var read = await SendAsync(client, HttpMethod.Get, "/erp/keys/api/v1/ForeignApp/default", null, isSecure: isSecure);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var logout = await SendAsync(client, HttpMethod.Post, "/erp/keys/api/v1/Session/Logout", null, isSecure: isSecure);
        Assert.All(logout.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("path=/erp/keys", cookie.Split("; ")));
    }

    [Theory]
    [InlineData("erp")]
    [InlineData("/erp//keys")]
    [InlineData("/erp/../keys")]
    [InlineData("/erp?x")]
    [InlineData("/a b")]
    [InlineData("https://example.com/erp")]
    public async Task WrongPathBase_StopsTheStart(string given)
    {
        await using var server = new RunningServer { Settings = [$"--PathBase={given}"] };

        var refusal = await Assert.ThrowsAsync<OperatorException>(server.InitializeAsync);

        Assert.Contains($"PathBase is '{given}'. It takes a path", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var server = new RunningServer { Settings = settings };
        await server.InitializeAsync();
        return server;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod verb, string path, string? prefix, string? body = null, bool isSecure = false)
    {
        using var request = new HttpRequestMessage(verb, path) { Content = body is null ? null : Http.Json(body) };
        if (prefix is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", prefix);
        }

        if (isSecure)
        {
            request.Headers.Add("X-Forwarded-Proto", "https");
        }

        return await client.SendAsync(request);
    }
}
