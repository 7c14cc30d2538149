using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Credentials that somebody makes up, tokens that are named like users, and passwords that somebody tries.</summary>
public sealed class CredentialTests
{
    [Theory]
    [InlineData("SoTicket")]
    [InlineData("Basic")]
    [InlineData("Bearer")]
    [InlineData("Cookie")]
    public async Task NothingIsKept_OfWhatCallersMakeUp(string kind)
    {
        using var tokens = new Tokens();
        await RunningServer.WithAsync(tokens.Settings, async server =>
        {
            using var rest = server.From("127.0.0.1");
            await SendAsync(20);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            await SendAsync(600);

            // Tests beside this one hold memory too, for a while; what the server keeps would stay.
            var clock = Stopwatch.StartNew();
            while (GC.GetTotalMemory(forceFullCollection: true) - before is > 16 * 1024 * 1024 and var kept)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{kept} bytes are kept.");
                await Task.Delay(200);
            }

            async Task SendAsync(int count)
            {
                for (var i = 0; i < count; i++)
                {
                    var secret = $"7T:{Guid.NewGuid()}{new string('x', 29_000)}";
                    (string, string)[] headers = kind switch
                    {
                        "Basic" => [Clients.Basic(secret[..20_000].Replace(':', '_'), "p")],
                        "Cookie" => [("Cookie", $"{SessionCookies.Session}={Uri.EscapeDataString(secret)}"), (
                            SessionCookies.XsrfHeader, Tickets.XsrfTokenOf(secret))],
                        _ => [("Authorization", $"{kind} {secret}")],
                    };
                    using var response = await rest.SendAsync(new HttpRequestMessage(HttpMethod.Get, "ForeignApp").With(headers));
                    Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
                }
            }
        });
    }

    [Theory]
    [InlineData("7T:", false)]
    [InlineData("7T:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true)]
    [InlineData("7T:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("7T:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("7T:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A", false)]
    [InlineData("7T:AAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("8T:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    public void OnlyTextsOfTheShapeOfASecret_AreLookedUp(string text, bool isOne) => Assert.Equal(isOne, Tickets.IsSecret(text));

    [Fact]
    public async Task TooLongPasswords_AreWrong_AndNotChecked() =>
        await RunningServer.WithAsync(["--Auth:WrongPasswordsPerUser=1", "--Auth:WrongPasswordsPerAddress=1"], async server =>
        {
            foreach (var password in new[] { new string('p', 1_025), string.Concat(Enumerable.Repeat("🔑", 257)) })
            {
                using var rest = server.Rest(role: null);
                for (var i = 0; i < 3; i++)
                {
                    using var response = await rest.SendAsync(
                        new HttpRequestMessage(HttpMethod.Get, "ForeignApp").With(Clients.Basic("Writer", password)));
                    await response.ReadErrorAsync(HttpStatusCode.Unauthorized);
                    using var login = await rest.PostAsync("Session/Login", Login("Writer", password));
                    await login.ReadErrorAsync(HttpStatusCode.Unauthorized);
                    using var name = await rest.PostAsync("Session/Login", Login(new string('n', 255), "p"));
                    await name.ReadErrorAsync(HttpStatusCode.Unauthorized);
                }
            }
        });

    [Fact]
    public async Task TokenNamedLikeAUser_IsAnotherCaller()
    {
        using var tokens = new Tokens();
        await RunningServer.WithAsync([.. tokens.Settings, "--Limits:CallsPerSecond=4"], async server =>
        {
            await server.AddTicketAsync("Admin", TicketKind.Ticket, DateTimeOffset.UtcNow.AddHours(1));
            var id = (await server.Services.GetRequiredService<ITicketStore>().ListTicketsAsync("Admin", 100, default)).Single().Id;
            var bearer = $"Bearer {tokens.Sign(subject: "Admin", role: "key readers")}";
            using var rest = server.Rest(role: null);
            rest.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", bearer);
            await UntilTakenAsync(async () => (await rest.PostAsync("Session/Tickets", null)).StatusCode, HttpStatusCode.Forbidden);
            await UntilTakenAsync(async () => (await rest.DeleteAsync($"Session/Tickets/{id}")).StatusCode, HttpStatusCode.NoContent);
            await UntilTakenAsync(async () => (await rest.PostAsync("Session/Logout", null)).StatusCode, HttpStatusCode.NoContent);
            await Clients.UntilAsync(async () =>
            {
                using var list = await rest.GetAsync("Session/Tickets");
                return list.StatusCode == HttpStatusCode.OK && (await list.ReadAsync())!.AsArray().Count == 0;
            });
            var session = new SessionAgent.SessionAgentClient(server.GrpcInvoker(role: null));
            await UntilTakenAsync(
                async () => (await Assert.ThrowsAsync<RpcException>(
                    async () => await session.CreateTicketAsync(new(), new Metadata { { "authorization", bearer } }))).StatusCode,
                StatusCode.PermissionDenied);
            Assert.NotEmpty(await server.Services.GetRequiredService<ITicketStore>().ListTicketsAsync("Admin", 100, default));

            // Neither uses up the calls of the other.
            await Clients.UntilAsync(async () => (await rest.GetAsync("ForeignApp")).StatusCode == HttpStatusCode.TooManyRequests);
            Assert.Equal(HttpStatusCode.OK, (await server.Rest(UserRole.Admin).GetAsync("ForeignApp")).StatusCode);
        });

        static Task UntilTakenAsync<T>(Func<Task<T>> call, T expected) => Clients.UntilAsync(async () =>
        {
            var status = await call();
            return status is not (HttpStatusCode.TooManyRequests or StatusCode.ResourceExhausted) && (
                Equals(expected, status) ? true : throw new InvalidOperationException($"{status}"));
        });
    }

    [Fact]
    public async Task WrongPasswordsAtOnce_AreCountedBeforeTheyAreChecked_OverEveryDoor() =>
        await RunningServer.WithAsync(["--Auth:WrongPasswordsPerUser=10"], async server =>
        {
            using var owner = server.From("127.0.0.2");
            using (var known = await owner.PostAsync("Session/Login", Login("Writer", "Writer 🔑:")))
            {
                Assert.Equal(HttpStatusCode.OK, known.StatusCode);
            }

            using var attacker = server.From("127.0.0.3");
            var session = new SessionAgent.SessionAgentClient(server.GrpcInvoker(role: null));
            var agent = server.Grpc(role: null);
            async Task<bool> IsCheckedAsync(int i)
            {
                switch (i % 4)
                {
                    case 0:
                        using (var login = await attacker.PostAsync("Session/Login", Login("Writer", $"wrong {i}")))
                        {
                            Assert.True(login.StatusCode == HttpStatusCode.Unauthorized || login.Headers.RetryAfter is not null);
                            return login.StatusCode == HttpStatusCode.Unauthorized;
                        }

                    case 1:
                        using (var basic = await attacker.SendAsync(
                            new HttpRequestMessage(HttpMethod.Get, "ForeignApp").With(Clients.Basic("Writer", $"wrong {i}"))))
                        {
                            Assert.True(basic.StatusCode is HttpStatusCode.Unauthorized || (
                                basic.StatusCode == HttpStatusCode.TooManyRequests && basic.Headers.RetryAfter is not null));
                            return basic.StatusCode == HttpStatusCode.Unauthorized;
                        }

                    case 2:
                        return await StatusAsync(session.LoginAsync(
                            new LoginRequest { UserName = "Writer", UserPassword = $"wrong {i}" })) == StatusCode.Unauthenticated;
                    default:
                        var metadata = new Metadata { { "authorization", Clients.Basic("Writer", $"wrong {i}").Value } };
                        return await StatusAsync(
                            agent.GetAppByNameAsync(new() { ApplicationName = "none" }, metadata)) == StatusCode.Unauthenticated;
                }
            }

            var isChecked = await Task.WhenAll(Enumerable.Range(0, 90).Select(IsCheckedAsync));
            Assert.Equal(10, isChecked.Count(one => one));

            // A password that was right lately is remembered for every address; and from the owner's, another one is still checked.
            using var remembered = await attacker.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, "ForeignApp").With(Clients.Basic(UserRole.Writer)));
            Assert.Equal(HttpStatusCode.OK, remembered.StatusCode);
            using var mistaken = await owner.PostAsync("Session/Login", Login("Writer", "mistaken"));
            await mistaken.ReadErrorAsync(HttpStatusCode.Unauthorized);
        });

    [Fact]
    public async Task RightPasswords_AreNotCounted_AndAnAddressHasALimitOfItsOwn() => await RunningServer.WithAsync(
        ["--Auth:WrongPasswordsPerUser=3", "--Auth:WrongPasswordsPerAddress=5", "--Auth:RememberSeconds=0"],
        async server =>
        {
            using var first = server.From("127.0.0.2");
            using var second = server.From("127.0.0.3");
            for (var i = 0; i < 6; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "Writer", "Writer 🔑:"));
            }

            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(second, "Writer", "wrong"));
            }

            // Too many for the user from anywhere but where the user has been.
            Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(second, "Writer", "Writer 🔑:"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "Writer", "Writer 🔑:"));
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(first, "Writer", "wrong"));
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(first, "Writer", "Writer 🔑:"));

            // Too many from the address, for other users.
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(second, "nobody", "wrong"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(second, "no one", "wrong"));
            Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(second, "Reader", "Reader 🔑:"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(first, "Reader", "Reader 🔑:"));
        });

    [Fact]
    public async Task TicketsOfAUser_AreBounded() => await RunningServer.WithAsync(["--Auth:TicketsPerUser=5"], async server =>
    {
        using var rest = server.Rest(UserRole.Reader);
        var secrets = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            secrets.Add((string)(await (await rest.PostAsync("Session/Tickets", null)).ReadAsync())!["Ticket"]!);
        }

        Assert.Equal(5, (await (await rest.GetAsync("Session/Tickets")).ReadAsync())!.AsArray().Count);
        using var byTicket = server.Rest(role: null);
        byTicket.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"SoTicket {secrets[^1]}");
        Assert.Equal(HttpStatusCode.OK, (await byTicket.GetAsync("Session/Tickets")).StatusCode);
        using var first = server.Rest(role: null);
        first.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"SoTicket {secrets[0]}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync("Session/Tickets")).StatusCode);
    });

    [Fact]
    public async Task TurnsGoToWhomHasTriedLeast_AndNoWaitIsEndless()
    {
        var turns = new PasswordTurns(atOnce: 1, waitAtMost: 300, patience: TimeSpan.FromMinutes(10));
        var first = (await turns.TakeAsync(0))!;
        var guesses = Enumerable.Range(0, 300).Select(i => turns.TakeAsync(1 + (i % 50))).ToList();
        var newcomer = turns.TakeAsync(0);
        var refused = Assert.Single(guesses, guess => guess.IsCompleted);
        Assert.Null(await refused);
        first.Dispose();
        using (var mine = await newcomer)
        {
            Assert.NotNull(mine);
            Assert.Equal(1, guesses.Count(guess => guess.IsCompleted));
        }

        using var next = await guesses[0];
        Assert.NotNull(next);

        var hasty = new PasswordTurns(atOnce: 1, waitAtMost: 300, patience: TimeSpan.FromMilliseconds(1));
        using var held = await hasty.TakeAsync(0);
        Assert.Null(await hasty.TakeAsync(-1));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string user, string password)
    {
        using var response = await client.PostAsync("Session/Login", Login(user, password));
        return response.StatusCode;
    }

    private static async Task<StatusCode> StatusAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static StringContent Login(string user, string password) =>
        Http.Json(new JsonObject { ["UserName"] = user, ["Password"] = password }.ToJsonString());
}
