using System.Net;
using System.Net.Http.Headers;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Tests;

/// <summary>What holds for JSON Web Tokens beside their signature, issuer and audience.</summary>
public sealed class BearerTests : IAsyncLifetime
{
    private static readonly string[] Extensions = ["b64"];
    private static readonly string[] Roles = ["other", "keys-write"];

    private readonly Tokens _tokens = new();
    private readonly RunningServer _server;

    public BearerTests() => _server = new RunningServer { Settings = _tokens.Settings };

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _tokens.Dispose();
    }

    [Theory]
    [InlineData("JWT", HttpStatusCode.OK)]
    [InlineData("at+jwt", HttpStatusCode.OK)]
    [InlineData("application/at+jwt", HttpStatusCode.OK)]
    [InlineData("dpop+jwt", HttpStatusCode.Unauthorized)]
    [InlineData("logout+jwt", HttpStatusCode.Unauthorized)]
    [InlineData("JOSE", HttpStatusCode.Unauthorized)]
    public async Task TypeOfATokenForAnotherUse_IsRefused(string type, HttpStatusCode expected) =>
        Assert.Equal(expected, await StatusAsync(_tokens.Sign(type: type)));

    [Fact]
    public async Task CriticalExtensions_AreRefused_AsNoneIsUnderstood() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_tokens.Sign(header: new() { ["crit"] = Extensions, ["b64"] = true })));

    [Theory]
    [InlineData(-10, HttpStatusCode.OK)]
    [InlineData(-40, HttpStatusCode.Unauthorized)]
    public async Task ClocksMayDifferByHalfAMinute(int seconds, HttpStatusCode expected) =>
        Assert.Equal(expected, await StatusAsync(_tokens.Sign(expiresIn: TimeSpan.FromSeconds(seconds))));

    [Fact]
    public async Task LongTokens_AreRefused() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_tokens.Sign(claims: new() { ["x"] = new string('x', 20_000) })));

    [Theory]
    [InlineData("realm_access.roles")]
    [InlineData("scope")]
    public async Task Roles_AreFoundWithinObjects_AndAmongWords(string claim)
    {
        var server = new RunningServer
        {
            Settings = [
            .. _tokens.Settings, $"--Auth:Bearer:RoleClaim={claim}", "--Auth:Bearer:Roles:keys-write=Writer"]
        };
        await server.InitializeAsync();
        try
        {
            var claims = new Dictionary<string, object>
            {
                ["realm_access"] = new Dictionary<string, object> { ["roles"] = Roles },
                ["scope"] = "openid keys-write profile",
            };
            using var rest = server.Rest(role: null);
            rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.Sign(role: "none", claims: claims));
            using var response = await rest.PutAsync("ForeignApp/by-role", null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);

            rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.Sign(role: "keys-write"));
            using var refused = await rest.PutAsync("ForeignApp/by-role", null);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var rest = _server.Rest(role: (UserRole?)null);
        rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await rest.GetAsync("ForeignApp/default");
        return response.StatusCode;
    }
}
