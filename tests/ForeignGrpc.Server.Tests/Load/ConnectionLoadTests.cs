using System.Net;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Health.V1;

namespace ForeignGrpc.Server.Tests;

/// <summary>Connections that are opened to keep others out.</summary>
public sealed class ConnectionLoadTests
{
    private const string Read = "ForeignApp/load/unit/Key/k//0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly IPAddress Flooder = IPAddress.Parse("127.0.3.1");

    [Theory]
    [InlineData("")]
    [InlineData("GET /api/v1/ForeignA")]
    [InlineData("GET /openapi/v1.json HTTP/1.1\r\nHost: x\r\nX-Endless: ")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x4\0\0\0\0\0")]
    public async Task ConnectionsOfOneAddress_AreClosedBeyondItsShare_AndLetProbesAndCallersThrough(string sent)
    {
        await using var server = await StartAsync("--Limits:ConnectionsPerAddress=40");
        var isHttp2 = sent.StartsWith("PRI", StringComparison.Ordinal);
        var caller = server.Rest(UserRole.Writer, Flooder);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.GetAsync(Read)).StatusCode);
        var flood = await FloodAsync(isHttp2 ? server.GrpcUri : server.RestUri, Flooder, 200, sent);

        await UntilAsync(() => flood.Count(connection => connection.IsClosed.IsCompleted) >= 160);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.GetAsync(Read)).StatusCode);
        await AssertGetsThroughAsync(server, Flooder);
        await AssertGetsThroughAsync(server, IPAddress.Parse("127.0.3.2"));

        // Those that were closed are the oldest; the caller's first connection is older and was not.
        Assert.InRange(flood.Take(100).Count(connection => connection.IsClosed.IsCompleted), 100, 100);
        flood.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task IdleConnectionsOfManyAddresses_LetProbesAndCallersThrough()
    {
        await using var server = await StartAsync("--Kestrel:Limits:MaxConcurrentConnections=100", "--Limits:ConnectionsPerAddress=40");
        var flood = new List<Connection>();
        for (var address = 1; address <= 10; address++)
        {
            flood.AddRange(await FloodAsync(server.RestUri, IPAddress.Parse($"127.0.4.{address}"), 20, ""));
        }

        await UntilAsync(() => flood.Count(connection => connection.IsClosed.IsCompleted) >= 100);
        for (var address = 1; address <= 10; address++)
        {
            await AssertGetsThroughAsync(server, IPAddress.Parse($"127.0.5.{address}"));
        }

        flood.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task CallerWithAllConnectionsOfItsShare_LetsProbesThrough()
    {
        await using var server = await StartAsync("--Limits:ConnectionsPerAddress=10");
        var callers = new List<HttpClient>();
        for (var i = 0; i < 10; i++)
        {
            callers.Add(server.Rest(UserRole.Writer, Flooder));
            Assert.Equal(HttpStatusCode.NotFound, (await callers[i].GetAsync(Read)).StatusCode);
        }

        var flood = await FloodAsync(server.RestUri, Flooder, 100, "");
        await UntilAsync(() => flood.Count(connection => connection.IsClosed.IsCompleted) >= 80);

        await AssertGetsThroughAsync(server, Flooder);
        Assert.All(await Task.WhenAll(callers.Select(caller => caller.GetAsync(Read))), answer => Assert.Equal(
            HttpStatusCode.NotFound, answer.StatusCode));
        flood.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task SavesBesideManyCallsThatAreGivenUp_OnOneConnection_Pass()
    {
        await using var server = await StartAsync();
        var agent = server.Grpc();
        await agent.SaveForeignKeyAsync(Save(0));
        for (var round = 0; round < 3; round++)
        {
            var reads = Enumerable.Range(0, 300).Select(async _ =>
            {
                try
                {
                    await agent.GetApplicationKeysAsync(
                        new GetApplicationKeysRequest { ApplicationName = "load" }, deadline: DateTime.UtcNow.AddMilliseconds(3));
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Cancelled)
                {
                    // Its caller gave it up.
                }
            }).ToList();
            var saves = Enumerable.Range(0, 50).Select(i => agent.SaveForeignKeyAsync(Save(i)).ResponseAsync).ToList();

            Assert.All(await Task.WhenAll(saves), saved => Assert.Equal("v", saved.KeyValue));
            await Task.WhenAll(reads);
        }
    }

    private static SaveForeignKeyRequest Save(int record) => new()
    {
        ApplicationName = "load",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = "v", TableName = "contact", RecordId = record },
    };

    private static async Task AssertGetsThroughAsync(RunningServer server, IPAddress from)
    {
        Assert.Equal("Healthy", await server.Rest(role: null, from).GetStringAsync("/health/ready"));
        var health = await new Health.HealthClient(server.GrpcInvoker(role: null, from)).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Rest(UserRole.Writer, from).GetAsync(Read)).StatusCode);
    }

    private static async Task<List<Connection>> FloodAsync(Uri server, IPAddress from, int connections, string sent)
    {
        var flood = new List<Connection>();
        for (var i = 0; i < connections; i++)
        {
            flood.Add(await Connection.OpenAsync(server, from, sent));
        }

        return flood;
    }

    private static async Task UntilAsync(Func<bool> isRight)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !isRight(); await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < Patience, "It has not come to that.");
        }
    }

    private static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var server = new RunningServer { Settings = settings };
        await server.InitializeAsync();
        return server;
    }

    private sealed class Connection(Stream stream, Task isClosed) : IDisposable
    {
        public Task IsClosed => isClosed;

        public static async Task<Connection> OpenAsync(Uri server, IPAddress from, string sent)
        {
            var stream = await RunningServer.ConnectAsync(server, from);
            return new Connection(stream, UntilClosedAsync());

            async Task UntilClosedAsync()
            {
                var buffer = new byte[1024];
                try
                {
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(sent));
                    while (await stream.ReadAsync(buffer) > 0)
                    {
                    }
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    // Reset, or the test is over.
                }
            }
        }

        public void Dispose() => stream.Dispose();
    }
}
