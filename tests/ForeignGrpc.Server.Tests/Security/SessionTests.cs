using System.Net;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Tickets and browsers' sessions, and the settings about credentials.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class SessionTests(RunningServer server)
{
    [Fact]
    public async Task Ticket_LetsItsUserIn_UntilItIsRevoked()
    {
        var rest = server.Rest(UserRole.Reader);
        var ticket = (await (await rest.PostAsync("Session/Tickets", null)).ReadAsync())!;
        var secret = (string)ticket["Ticket"]!;
        var byTicket = WithTicket(secret);

        Assert.InRange(
            DateTimeOffset.Parse((string)ticket["ExpiresDate"]!, null) - DateTimeOffset.UtcNow, TimeSpan.FromHours(5.9),
            TimeSpan.FromHours(6.1));
        var mine = (await (await byTicket.GetAsync("Session/Tickets")).ReadAsync())!.AsArray();
        var current = Assert.Single(mine, entry => (bool)entry!["Current"]!)!;
        Assert.Equal(((int)ticket["TicketId"]!, "Ticket"), ((int)current["TicketId"]!, (string)current["Kind"]!));
        Assert.DoesNotContain(secret, mine.ToJsonString(), StringComparison.Ordinal);
        var overGrpc = await server.Grpc(role: null).GetAllAsync(
            new GetAllRequest { TopRows = 1 }, new Metadata { { "authorization", $"SOTicket {secret}" } });
        Assert.NotNull(overGrpc);

        // Another's ticket is not one's own to end.
        Assert.Equal(
            HttpStatusCode.NoContent, (await server.Rest(UserRole.Admin).DeleteAsync($"Session/Tickets/{current["TicketId"]}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await byTicket.GetAsync("Session/Tickets")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await rest.DeleteAsync($"Session/Tickets/{current["TicketId"]}")).StatusCode);
        await (await byTicket.GetAsync("Session/Tickets")).ReadErrorAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task UsedTicket_ExpiresLater_AndOnlyItsHashIsStored()
    {
        var tickets = server.Services.GetRequiredService<ITicketStore>();
        var secret = await server.AddTicketAsync("Reader", TicketKind.Ticket, DateTimeOffset.UtcNow.AddMinutes(2));

        Assert.Equal(HttpStatusCode.OK, (await WithTicket(secret).GetAsync("Session/Tickets")).StatusCode);

        var ticket = await tickets.FindTicketAsync(SHA256.HashData(Encoding.ASCII.GetBytes(secret)), default);
        Assert.InRange(ticket!.Expires - DateTimeOffset.UtcNow, TimeSpan.FromHours(5.9), TimeSpan.FromHours(6.1));
    }

    [Fact]
    public async Task LoggedOutTicket_HasEnded()
    {
        var secret = (string)(await (await server.Rest(UserRole.Reader).PostAsync("Session/Tickets", null)).ReadAsync())!["Ticket"]!;

        Assert.Equal(HttpStatusCode.NoContent, (await WithTicket(secret).PostAsync("Session/Logout", null)).StatusCode);

        await (await WithTicket(secret).GetAsync("Session/Tickets")).ReadErrorAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task BrowserSession_NeedsItsTokenOnEveryMethod_AndEndsAtLogout()
    {
        using var browser = new HttpClient { BaseAddress = new Uri(server.RestUri, "/api/v1/") };
        using var login = await browser.PostAsync("Session/Login", Http.Json("""{"userName":"Writer","password":"Writer 🔑:"}"""));
        var answer = (await login.ReadAsync())!;
        var cookies = login.Headers.GetValues("Set-Cookie").ToList();

        Assert.Equal(("The Writer", "Writer"), ((string)answer["FullName"]!, (string)answer["Role"]!));
        Assert.Contains(cookies, cookie => cookie.StartsWith("ForeignGrpc-Session=7T", StringComparison.Ordinal)
            && cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase) && cookie.Contains(
                "samesite=strict", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(cookies, cookie => cookie.StartsWith($"XSRF-TOKEN={answer["XsrfToken"]}", StringComparison.Ordinal)
            && !cookie.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        await (await browser.GetAsync("ForeignApp")).ReadErrorAsync(HttpStatusCode.Unauthorized);
        browser.DefaultRequestHeaders.Add("X-XSRF-TOKEN", (string)answer["XsrfToken"]!);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("ForeignApp")).StatusCode);
        using var put = await browser.PutAsync("ForeignApp/session/unit/1/Key", Http.Json("""{"Key":"k"}"""));
        Assert.Equal("The Writer", (string?)(await put.ReadAsync())!["UpdatedBy"]);

        using var logout = await browser.PostAsync("Session/Logout", null);
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        Assert.All(logout.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains(
            "expires=Thu, 01 Jan 1970", cookie, StringComparison.OrdinalIgnoreCase));
        browser.DefaultRequestHeaders.Add("Cookie", cookies.Select(cookie => cookie.Split(';')[0]));
        await (await browser.GetAsync("ForeignApp")).ReadErrorAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"UserName":"Writer","Password":"wrong"}""")]
    [InlineData("""{"UserName":"writer","Password":"Writer 🔑:"}""")]
    [InlineData("""{"UserName":"nobody","Password":""}""")]
    [InlineData("{}")]
    public async Task WrongLogin_IsRefused_WithoutACookie(string body)
    {
        using var login = await server.Rest(role: null).PostAsync("Session/Login", Http.Json(body));

        await login.ReadErrorAsync(HttpStatusCode.Unauthorized);
        Assert.False(login.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task AppToken_IsRequiredWithTickets_WhereSet() => await RunningServer.WithAsync(
        ["--Auth:RequireAppToken=true", "--Auth:AppTokens:0=first", "--Auth:AppTokens:1=second"],
        async strict =>
        {
            var secret = await strict.AddTicketAsync("Reader", TicketKind.Ticket, DateTimeOffset.UtcNow.AddHours(1));
            foreach (var (token, expected) in new[]
            {
                (null, HttpStatusCode.Unauthorized), ("wrong", HttpStatusCode.Unauthorized), ("second", HttpStatusCode.OK),
            })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "ForeignApp");
                request.Headers.TryAddWithoutValidation("Authorization", $"SoTicket {secret}");
                request.Headers.TryAddWithoutValidation("SO-AppToken", token);
                Assert.Equal(expected, (await strict.Rest(role: null).SendAsync(request)).StatusCode);
            }

            Assert.Equal(HttpStatusCode.OK, (await strict.Rest(UserRole.Reader).GetAsync("ForeignApp")).StatusCode);
        });

    [Fact]
    public async Task SchemesThatAreSwitchedOff_AreNeitherTakenNorOffered() => await RunningServer.WithAsync(
        ["--Auth:Basic=false", "--Auth:Session=false"],
        async strict =>
        {
            using var basic = await strict.Rest(UserRole.Admin).GetAsync("ForeignApp");
            await basic.ReadErrorAsync(HttpStatusCode.Unauthorized);
            Assert.Equal(["SoTicket"], basic.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
            using var login = await strict.Rest(role: null).PostAsync(
                "Session/Login", Http.Json("""{"UserName":"Writer","Password":"Writer 🔑:"}"""));
            await login.ReadErrorAsync(HttpStatusCode.NotImplemented);
            var secret = await strict.AddTicketAsync("Reader", TicketKind.Ticket, DateTimeOffset.UtcNow.AddHours(1));
            strict.Rest(role: null).DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"SoTicket {secret}");
            using var request = new HttpRequestMessage(HttpMethod.Get, "ForeignApp");
            request.Headers.TryAddWithoutValidation("Authorization", $"SoTicket {secret}");
            Assert.Equal(HttpStatusCode.OK, (await strict.Rest(role: null).SendAsync(request)).StatusCode);
        });

    private HttpClient WithTicket(string secret)
    {
        var rest = server.Rest(role: null);
        rest.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"SoTicket {secret}");
        return rest;
    }
}
