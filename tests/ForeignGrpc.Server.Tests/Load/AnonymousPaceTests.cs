using System.Net;
using System.Net.Sockets;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ForeignGrpc.Server.Tests;

/// <summary>Calls without an authenticated caller keep to a pace while callers are served, and never hold up a response.</summary>
public sealed class AnonymousPaceTests
{
    /// <summary>How many calls come at once without a wait.</summary>
    private const int Burst = 100;

    private const string Address = "10.1.2.3";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void NobodyWaits_WhereNoCallerIsServed()
    {
        var pace = new AnonymousPace(_time);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous(Address)));
    }

    [Fact]
    public void AboveTheBurst_EachWaitsAStepLonger_FiveSecondsAtMost()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();

        Assert.All(Enumerable.Range(0, Burst), _ => Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous(Address)));
        Assert.All(Enumerable.Range(1, 2_500), number => Assert.Equal(number * Step, pace.NoteAnonymous(Address)));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Equal(TimeSpan.FromSeconds(5), pace.NoteAnonymous(Address)));
    }

    [Fact]
    public void ThePace_IsKeptOverTime()
    {
        var pace = new AnonymousPace(_time);
        var (calls, free) = (0, new DateTimeOffset[300]);
        for (var end = _time.GetUtcNow() + TimeSpan.FromSeconds(10); _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(1)))
        {
            pace.NoteCaller();
            for (var connection = 0; connection < free.Length; connection++)
            {
                if (free[connection] <= _time.GetUtcNow())
                {
                    free[connection] = _time.GetUtcNow() + pace.NoteAnonymous(Address);
                    calls++;
                }
            }
        }

        Assert.InRange(calls, 5_000, 5_000 + Burst + free.Length);
    }

    [Fact]
    public void WhoComesAfterAFlood_WaitsNoLongerThanItsLastCaller()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        for (var call = 0; call < 1_000_000; call++)
        {
            pace.NoteAnonymous(Address);
        }

        for (var second = 0; second < 6; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            pace.NoteCaller();
        }

        Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous(Address));
    }

    [Fact]
    public void ASecondAfterTheLastCaller_NobodyWaits()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        Assert.Contains(Enumerable.Range(0, 200).Select(_ => pace.NoteAnonymous(Address)), wait => wait > TimeSpan.Zero);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, pace.NoteAnonymous(Address));
    }

    [Fact]
    public void NewConnections_OfAnAddressWhoseCallsWait_WaitBehindEachOther_AndThoseOfOthersDoNot()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        Assert.Equal(TimeSpan.Zero, pace.NoteConnection(Address));
        for (var call = 0; call < Burst + 1_000; call++)
        {
            pace.NoteAnonymous(Address);
        }

        Assert.All(
            Enumerable.Range(0, 61),
            number => Assert.Equal(TimeSpan.FromMilliseconds(2_000 + (50 * number)), pace.NoteConnection(Address)));
        Assert.Null(pace.NoteConnection(Address));
        Assert.Equal(TimeSpan.Zero, pace.NoteConnection("10.1.2.4"));

        _time.Advance(TimeSpan.FromMilliseconds(5_100));

        Assert.Equal(TimeSpan.Zero, pace.NoteConnection(Address));
    }

    [Fact]
    public void FiftyProbesASecondOfAnAddress_AreFree_WhateverOthersSend()
    {
        var pace = new AnonymousPace(_time);
        pace.NoteCaller();
        for (var call = 0; call < 1_000; call++)
        {
            pace.NoteAnonymous("10.1.2.4");
        }

        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(TimeSpan.Zero, pace.NoteProbe(Address)));
        Assert.NotEqual(TimeSpan.Zero, pace.NoteProbe(Address));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pace.NoteProbe(Address));
    }

    [Fact]
    public async Task ConnectionsWithoutACall_CountAsCalls() => await WithFakeTimeAsync(async server =>
    {
        using var caller = server.Rest();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(caller));
        var pace = server.Services.GetRequiredService<AnonymousPace>();
        var other = IPAddress.Parse("127.0.0.2");
        var clients = Enumerable.Range(0, 2 * Burst).Select(_ => new TcpClient(new IPEndPoint(other, 0))).ToList();
        foreach (var client in clients)
        {
            await client.ConnectAsync(server.RestUri.Host, server.RestUri.Port);
            await client.GetStream().WriteAsync("\0\r\n\r\n"u8.ToArray());
        }

        while (pace.NoteConnection(ClientAddress.KeyOf(other)) is { Ticks: 0 })
        {
            await Task.Delay(Step);
        }

        Assert.Equal(TimeSpan.Zero, pace.NoteConnection("127.0.0.1"));
        clients.ForEach(client => client.Dispose());
    });

    [Fact]
    public async Task OverGrpc_TheResponseWaits_AndThatOfACallerOnTheSameConnectionDoesNot() => await WithFakeTimeAsync(async server =>
    {
        var client = new ForeignSystemAgent.ForeignSystemAgentClient(server.GrpcInvoker(role: null));
        var caller = new Metadata { { "authorization", RunningServer.Credential(UserRole.Reader) } };
        Assert.Equal(StatusCode.OK, await AskAsync(client, caller));
        for (var count = 0; count < Burst; count++)
        {
            Assert.Equal(StatusCode.Unauthenticated, await AskAsync(client, []));
        }

        var next = AskAsync(client, []);

        Assert.Equal(StatusCode.OK, await AskAsync(client, caller));
        Assert.False(next.IsCompleted);
        await PassTimeAsync(next);
        Assert.Equal(StatusCode.Unauthenticated, await next);
    });

    [Theory]
    [InlineData("/api/v1/ForeignApp/default", HttpStatusCode.Unauthorized)]
    [InlineData("/api", HttpStatusCode.OK)]
    [InlineData("/api/state/Cust12345", HttpStatusCode.OK)]
    public async Task OverRest_TheConnectionWaits_AndItsResponseDoesNot(string path, HttpStatusCode status) => await WithFakeTimeAsync(
        async server =>
        {
            using var oneConnection =
                new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = server.RestUri };
            var caller = server.Rest();
            Assert.Equal(HttpStatusCode.OK, await AskAsync(caller));
            for (var count = 0; count <= Burst; count++)
            {
                Assert.Equal(status, await AskAsync(oneConnection, path));
            }

            var next = AskAsync(oneConnection, path);

            Assert.Equal(HttpStatusCode.OK, await AskAsync(caller));
            Assert.False(next.IsCompleted);
            await PassTimeAsync(next);
            Assert.Equal(status, await next);
        });

    private Task WithFakeTimeAsync(Func<RunningServer, Task> test) => RunningServer.WithAsync(new RunningServer { Time = _time }, test);

    /// <summary>Advances the clock until the call has its response.</summary>
    private async Task PassTimeAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            // The wait may begin after this.
            _time.Advance(Step);
            await Task.WhenAny(call, Task.Delay(Step));
        }
    }

    private static async Task<StatusCode> AskAsync(ForeignSystemAgent.ForeignSystemAgentClient client, Metadata headers)
    {
        try
        {
            await client.GetApplicationKeysAsync(new() { ApplicationName = "none" }, headers);
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string path = "/api/v1/ForeignApp/default")
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }
}
