using System.Net;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Who loses the right to a call while its body is held, while it waits, or while it streams.</summary>
public sealed class LostRightTests : IAsyncLifetime
{
    private static readonly DeviceAddress Device = new("held", "unit", "1");

    private readonly Tokens _tokens = new();
    private readonly WriterGate _writer = new();
    private readonly RunningServer _server;

    public LostRightTests() => _server = new RunningServer { Settings = [.. _tokens.Settings, "--Auth:TicketMinutes=1"], Time = _writer };

    public static TheoryData<string, string> Losses => new()
    {
        { "password", "set-password" }, { "password", "disable" }, { "password", "set-role" },
        { "ticket", "set-password" }, { "ticket", "disable" }, { "ticket", "set-role" }, { "ticket", "deleted" }, { "ticket", "expired" },
        { "token", "disable" }, { "token", "expired" },
    };

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _tokens.Dispose();
        _writer.Dispose();
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task HeldBody_DoesNothing_WhenTheRightToItIsLost(string credential, string loss)
    {
        var (header, lose) = await CallerAsync(credential, loss);
        var other = await _server.AddTicketAsync("Writer", TicketKind.Ticket, DateTimeOffset.UtcNow.AddSeconds(59));
        var id = (await _server.Services.GetRequiredService<ITicketStore>().ListTicketsAsync("Writer", 100, default))[0].Id;
        var key = new ForeignKey { KeyName = "held", KeyValue = "v" };
        var calls = new List<(HeldBody Body, Task<HttpResponseMessage> Answer, bool IsGrpc)>
        {
            Begin(
                HttpMethod.Put, "api/v1/ForeignApp/held/unit/1/Key", "application/json",
                """{"Key":"held","Value":"v"}"""u8.ToArray(), header),
            Begin(
                HttpMethod.Post, "api/v1/Agents/ForeignSystem/SaveForeignKey", "application/json",
                """{"ApplicationName":"held","DeviceName":"unit","ForeignKey":{"Key":"held"}}"""u8.ToArray(), header),
            BeginGrpc("ForeignSystemAgent/SaveForeignKey", new SaveForeignKeyRequest
            {
                ApplicationName = "held", DeviceName = "unit", ForeignKey = key,
            }, header),
            BeginGrpc("ForeignSystemAgent/SaveForeignKey", new SaveForeignKeyRequest
            {
                ApplicationName = "held", DeviceName = "unit", ForeignKey = key,
            }, header, "application/grpc-web"),
            BeginGrpc("ForeignSystemAgent/StreamApplicationKeys", new StreamApplicationKeysRequest { ApplicationName = "held" }, header),
        };
        if (loss != "set-role")
        {
            // A reader may still have tickets.
            calls.Add(BeginGrpc("SessionAgent/CreateTicket", new CreateTicketRequest(), header));
            calls.Add(BeginGrpc("SessionAgent/DeleteTicket", new DeleteTicketRequest { TicketId = id }, header));
        }

        await Task.WhenAll(calls.Select(call => call.Body.Asked)).WaitAsync(TimeSpan.FromSeconds(50));
        using (var behind = await _server.Rest().GetAsync("ForeignApp/default"))
        {
            Assert.Equal(HttpStatusCode.OK, behind.StatusCode);
        }

        await lose();
        calls.ForEach(call => call.Body.Release());

        var expected = loss == "set-role"
            ? (HttpStatusCode.Forbidden, StatusCode.PermissionDenied)
            : (HttpStatusCode.Unauthorized, StatusCode.Unauthenticated);
        foreach (var (_, answer, isGrpc) in calls)
        {
            using var response = await answer;
            if (isGrpc)
            {
                var isRead = response.RequestMessage!.RequestUri!.AbsolutePath.EndsWith("Keys", StringComparison.Ordinal);
                Assert.Equal(isRead && loss == "set-role" ? StatusCode.OK : expected.Item2, await response.GrpcStatusAsync());
            }
            else
            {
                await response.ReadErrorAsync(expected.Item1);
                Assert.Equal(expected.Item1 == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
            }
        }

        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        Assert.Null(await store.FindAppAsync("held", default));
        var left = await store.ListTicketsAsync("Writer", 100, default);
        Assert.Equal(
            loss is "disable" or "set-password" ? 0 : credential == "ticket"
                && loss is "set-role" or "expired" ? left.Count : 1, left.Count);
        Assert.True(loss is "disable" or "set-password" || left.Any(ticket => ticket.Id == id), other);
    }

    [Fact]
    public async Task HeldLogin_FindsTheNewPassword()
    {
        var (body, answer, _) = Begin(
            HttpMethod.Post, "api/v1/Session/Login", "application/json",
            """{"UserName":"Writer","Password":"Writer 🔑:"}"""u8.ToArray(), ("X-None", "1"));
        await body.Asked;
        await ChangeAsync(new UserChange(PasswordHash: new Passwords().Hash("other")));
        body.Release();

        using var response = await answer;
        await response.ReadErrorAsync(HttpStatusCode.Unauthorized);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SaveThatWaits_IsWithdrawn_WhenTheTokenExpires(bool overGrpc)
    {
        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        var (header, _) = await CallerAsync("token", "expired");
        _writer.Close();
        var blocking = store.SaveKeyAsync(new KeyAddress(Device, new RecordRef("", 0), "blocks"), "v", new Author("test"), default);
        try
        {
            var key = new ForeignKey { KeyName = "held", KeyValue = "v" };
            var (body, answer, isGrpc) = overGrpc
                ? BeginGrpc(
                    "ForeignSystemAgent/SaveForeignKey",
                    new SaveForeignKeyRequest { ApplicationName = "waits", DeviceName = "unit", ForeignKey = key }, header)
                : Begin(
                    HttpMethod.Put, "api/v1/ForeignApp/waits/unit/1/Key", "application/json",
                    """{"Key":"held","Value":"v"}"""u8.ToArray(), header);
            body.Release();
            await Clients.UntilAsync(() => Task.FromResult(_server.Services.GetRequiredService<CallsInFlight>().Count == 1));
            await Clients.UntilAsync(() => Task.FromResult(_server.Services.GetRequiredService<CallsInFlight>().HasLost));

            // What waits is looked at when its turn comes.
            _writer.Open();
            using var response = await answer;
            if (isGrpc)
            {
                Assert.Equal(StatusCode.Unauthenticated, await response.GrpcStatusAsync());
            }
            else
            {
                await response.ReadErrorAsync(HttpStatusCode.Unauthorized);
            }
        }
        finally
        {
            _writer.Open();
            await blocking;
        }

        Assert.Null(await store.FindAppAsync("waits", default));
    }

    [Theory]
    [InlineData("password", "disable", false)]
    [InlineData("ticket", "deleted", true)]
    [InlineData("token", "expired", true)]
    public async Task Stream_Ends_WhetherItsReaderReadsOrNot(string credential, string loss, bool reads)
    {
        const int Keys = 3_000;
        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(i =>
            store.SaveKeyAsync(
                new KeyAddress(Device, new RecordRef("contact", i), "k"), new string('v', 8_000), new Author("test"), default)));
        var (header, lose) = await CallerAsync(credential, loss);
        using var call = _server.Grpc(role: null).StreamApplicationKeys(
            new StreamApplicationKeysRequest { ApplicationName = "held" },
            new Metadata { { header.Name.ToLowerInvariant(), header.Value } });
        Assert.True(await call.ResponseStream.MoveNext(default));
        var calls = _server.Services.GetRequiredService<CallsInFlight>();
        Assert.Equal(1, calls.Count);

        var losing = lose();
        var seen = 1;
        try
        {
            while (true)
            {
                if (calls.Count > 0 && (!reads || seen > Keys / 2))
                {
                    await Clients.UntilAsync(() => Task.FromResult(calls.Count == 0));
                }

                if (!await call.ResponseStream.MoveNext(default))
                {
                    break;
                }

                seen++;
            }

            Assert.Fail("The stream ended as if nothing had happened.");
        }
        catch (RpcException e)
        {
            // A blocked write can only be broken off.
            Assert.Contains(
                e.StatusCode, new[] { StatusCode.Unauthenticated, StatusCode.Cancelled, StatusCode.Internal, StatusCode.Unavailable });
        }

        await losing;
        Assert.InRange(seen, 1, Keys - 1);
    }

    /// <summary>The header of a caller who may write, and how the right is lost.</summary>
    private async Task<((string Name, string Value) Header, Func<Task> Lose)> CallerAsync(string credential, string loss)
    {
        var soon = TimeSpan.FromSeconds(3);
        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        var header = credential switch
        {
            "password" => Clients.Basic(UserRole.Writer),
            "ticket" => ("Authorization", "SoTicket " + await _server.AddTicketAsync(
                "Writer", TicketKind.Ticket, DateTimeOffset.UtcNow + (loss == "expired" ? soon : TimeSpan.FromSeconds(59)))),
            _ => ("Authorization", "Bearer " + _tokens.Sign(
                subject: "Writer", expiresIn: loss == "expired" ? soon - TimeSpan.FromSeconds(30) : null)),
        };
        var ticket = credential == "ticket" ? (await store.ListTicketsAsync("Writer", 100, default))[0].Id : 0;
        return (header, loss switch
        {
            "set-password" => () => ChangeAsync(new UserChange(PasswordHash: new Passwords().Hash("other"))),
            "disable" => () => ChangeAsync(new UserChange(Disabled: true)),
            "set-role" => () => ChangeAsync(new UserChange(Role: UserRole.Reader)),
            "deleted" => () => _server.Services.GetRequiredService<Tickets>().EndAsync(
                new User("Writer", "", UserRole.Writer, ""), ticket, default),
            _ => () => Clients.UntilAsync(async () =>
            {
                using var rest = _server.From("127.0.0.1");
                using var response = await rest.SendAsync(new HttpRequestMessage(HttpMethod.Get, "ForeignApp?$top=1").With(header));
                return response.StatusCode == HttpStatusCode.Unauthorized;
            }),
        });
    }

    private Task<User> ChangeAsync(UserChange change) =>
        _server.Services.GetRequiredService<UserChanges>().ChangeAsync("Writer", change, default);

    private (HeldBody Body, Task<HttpResponseMessage> Answer, bool IsGrpc) BeginGrpc(
        string method, IMessage message, (string, string) header, string type = "application/grpc")
    {
        var body = new byte[5 + message.CalculateSize()];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), body.Length - 5);
        message.WriteTo(body.AsSpan(5));
        return Begin(HttpMethod.Post, $"foreignsystem.v1.{method}", type, body, header);
    }

    private (HeldBody Body, Task<HttpResponseMessage> Answer, bool IsGrpc) Begin(
        HttpMethod verb, string path, string type, byte[] content, (string, string) header)
    {
        var isHttp2 = type == "application/grpc";
        var body = new HeldBody(content);
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        var request =
            new HttpRequestMessage(verb, new Uri(isHttp2 ? _server.GrpcUri : _server.RestUri, "/" + path)) { Content = body }.With(header);
        request.Headers.ExpectContinue = !isHttp2;
        if (isHttp2)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Headers.TryAddWithoutValidation("TE", "trailers");
        }

        return (body, _server.From("127.0.0.1").SendAsync(request), type.Contains("grpc", StringComparison.Ordinal));
    }
}
