using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Tests;

/// <summary>What clients call beside the documented operations: every route, in every way that HTTP lets them ask.</summary>
[Collection(RunningServerGroup.Name)]
public sealed partial class NeighbourTests(RunningServer server)
{
    private static readonly string[] Entities =
        ["Contact", "Person", "Project", "Sale", "Document", "Appointment", "User", "Ticket", "TicketMessage"];

    private static readonly (string Path, string Root, bool IsForAnyone)[] All =
    [
        ("/api", "ApiVersions", true),
        ("/api/state/Cust12345", "TenantState", true),
        ("/api/v1", "Dictionary", false),
        ("/api/v1/User/currentPrincipal", "SoPrincipalCarrier", false),
        ("/api/v1/User/current", "SoPrincipalCarrier", false),
        ("/api/v1/User/currentAssociate", "SoPrincipalCarrier", false),
        ("/api/v1/TimeZone", "ArrayOfTimeZoneData", false),
        ("/api/v1/TimeZone/base", "TimeZoneData", false),
        ("/api/v1/TimeZone/current", "TimeZoneData", false),
        ("/api/v1/Archive/ForeignKeys", "ODataSlimResponse", false),
        .. Entities.Select(entity => ($"/api/v1/{entity}/7/ForeignKey", "Dictionary", false)),
    ];

    private readonly HttpClient _rest = server.Rest(UserRole.Reader);
    private readonly HttpClient _anyone = server.Rest(role: null);

    public static TheoryData<string, string, bool> Routes
    {
        get
        {
            var routes = new TheoryData<string, string, bool>();
            Array.ForEach(All, route => routes.Add(route.Path, route.Root, route.IsForAnyone));
            return routes;
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_AnswersJsonAndXml_AndHeadWithoutTheBody(string path, string root, bool isForAnyone)
    {
        _ = isForAnyone;
        using var json = await SendAsync(_rest, HttpMethod.Get, path, "application/json");
        using var xml = await SendAsync(_rest, HttpMethod.Get, path, "text/xml");
        using var head = await SendAsync(_rest, HttpMethod.Head, path, "application/json");

        Assert.Equal(HttpStatusCode.OK, json.StatusCode);
        Assert.Equal("application/json", json.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(await json.ReadAsync());
        Assert.Equal("text/xml", xml.Content.Headers.ContentType!.MediaType);
        Assert.Equal(root, XDocument.Parse(await xml.Content.ReadAsStringAsync()).Root!.Name.LocalName);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.InRange(head.Content.Headers.ContentLength ?? 0, 2, long.MaxValue);
        Assert.Equal(json.Content.Headers.ContentType, head.Content.Headers.ContentType);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_IsTheSame_InAnyCase_AndWithASlashAtItsEnd(string path, string root, bool isForAnyone)
    {
        _ = (root, isForAnyone);
        var expected = await TextAsync(path);

        Assert.Equal(expected, await TextAsync(path.ToLowerInvariant()));
        Assert.Equal(expected, await TextAsync(path.ToUpperInvariant()));
        Assert.Equal(expected, await TextAsync($"{path}/"));

        // Without digits, as instants differ, and without case, as a tenant is answered as asked for.
        async Task<string> TextAsync(string asked)
        {
            using var response = await _rest.GetAsync(asked);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return Digits().Replace(await response.Content.ReadAsStringAsync(), "").ToUpperInvariant();
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_TakesNoOtherMethod(string path, string root, bool isForAnyone)
    {
        _ = (root, isForAnyone);
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            using var response = await SendAsync(_rest, method, path, "application/json");
            await response.ReadErrorAsync(HttpStatusCode.MethodNotAllowed);
            Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_NeedsACredential_UnlessItIsForAnyone(string path, string root, bool isForAnyone)
    {
        _ = root;
        using var none = await _anyone.GetAsync(path);
        using var wrong = await _anyone.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, path).With(("Authorization", "SoTicket 7T:nonsense")));

        Assert.Equal(isForAnyone ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(isForAnyone ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(!isForAnyone, none.Headers.WwwAuthenticate.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_IsForNoTokenWithoutAKnownRole_UnlessItIsForAnyone(string path, string root, bool isForAnyone)
    {
        _ = root;
        using var tokens = new Tokens();
        await RunningServer.WithAsync(tokens.Settings, async trusting =>
        {
            var rest = trusting.Rest(role: null);
            foreach (var (role, isAllowed) in new[] { ("cooks", isForAnyone), ("key readers", true), ("key admins", true) })
            {
                using var response = await rest.SendAsync(
                    new HttpRequestMessage(HttpMethod.Get, path).With(("Authorization", $"Bearer {tokens.Sign(role: role)}")));
                Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
            }
        });
    }

    [Theory]
    [InlineData("/erp/keys/api/v1/Contact/7/ForeignKey")]
    [InlineData("/erp/keys/api/v1/user/currentprincipal/")]
    [InlineData("/erp/keys/api/v1/Archive/ForeignKeys$metadata")]
    [InlineData("/erp/keys/api/v1/TimeZone/base")]
    public Task Route_IsFoundBehindThePathBase(string path) => RunningServer.WithAsync(["--PathBase=/erp/keys"], async behind =>
        Assert.Equal(HttpStatusCode.OK, (await behind.Rest().GetAsync(path)).StatusCode));

    [Fact]
    public Task Addresses_HaveThePathBase() => RunningServer.WithAsync(["--PathBase=/erp/keys"], async behind =>
    {
        var (root, rest) = ($"{behind.RestUri.GetLeftPart(UriPartial.Authority)}/erp/keys", behind.Rest());

        var versions = (await (await rest.GetAsync("/erp/keys/api")).ReadAsync())!;
        var state = (await (await rest.GetAsync("/erp/keys/api/state/a")).ReadAsync())!;
        var addresses = (await (await rest.GetAsync("/erp/keys/api/v1")).ReadAsync())!.AsObject();

        Assert.Equal($"{root}/api/v1", (string?)versions["v1"]);
        Assert.Equal((root, $"{root}/api"), ((string?)state["Endpoint"], (string?)state["Api"]));
        Assert.All(addresses, address => Assert.StartsWith($"{root}/api", address.Key, StringComparison.Ordinal));
    });

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string accept)
    {
        using var request = new HttpRequestMessage(method, path).With(("Accept", accept));
        return await client.SendAsync(request);
    }

    [GeneratedRegex(@"\.?\d+")]
    private static partial Regex Digits();
}
