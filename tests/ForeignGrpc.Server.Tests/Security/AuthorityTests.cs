using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ForeignGrpc.Server.Tests;

/// <summary>Tokens of an identity provider that publishes its keys, over real sockets.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private readonly Tokens _tokens = new();
    private WebApplication _authority = null!;
    private RunningServer _server = null!;

    private string Issuer => _authority.Urls.Single();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _authority = builder.Build();
        _authority.MapGet("/.well-known/openid-configuration", () => Results.Text(
            $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/keys"}""", "application/json"));
        _authority.MapGet("/keys", () => Results.Text(_tokens.KeySet, "application/json"));
        await _authority.StartAsync();
        _server = new RunningServer
        {
            Settings = [
                $"--Auth:Bearer:Authority={Issuer}", $"--Auth:Bearer:Audience={Tokens.Audience}", "--Auth:Bearer:Roles:key writers=Writer"],
        };
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _authority.DisposeAsync();
        _tokens.Dispose();
    }

    [Fact]
    public async Task OnlyTokensOfTheAuthority_AreTaken()
    {
        Assert.Equal(HttpStatusCode.OK, await PutAsync(_tokens.Sign(issuer: Issuer)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(_tokens.Sign()));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(_tokens.Sign(issuer: Issuer, byAnother: true)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync(_tokens.Sign(issuer: Issuer, audience: "others")));
    }

    private async Task<HttpStatusCode> PutAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "ForeignApp/authority");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await _server.Rest(role: null).SendAsync(request);
        return response.StatusCode;
    }
}
