using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// SIGTERM under load: what was accepted is answered, what is not answered is not done, and the server ends with 0 in time.
/// FOREIGNGRPC_TEST_ROUNDS says how many times, 3 by default.
/// </summary>
[Collection(AloneGroup.Name)]
public sealed class StopTests(ITestOutputHelper output)
{
    private const int Clients = 32;

    private static readonly int Rounds = Tool.Setting("FOREIGNGRPC_TEST_ROUNDS", 3);

    /// <summary>A stop takes a small part of the time that it may take, however busy the machine is.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task StoppedUnderLoad_AnswersWhatItAccepted_AndExitsWithZero()
    {
        var server = new ServerProcess { Settings = { ["ShutdownTimeoutSeconds"] = "600" } };
        await server.InitializeAsync();
        var (answered, unanswered, next) = (new ConcurrentBag<int>(), new ConcurrentBag<int>(), 0);
        var stops = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            using var rest = server.Rest(Clients);
            var stopping = false;
            var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
            {
                while (true)
                {
                    var id = Interlocked.Increment(ref next);
                    try
                    {
                        using var response = await rest.PutAsJsonAsync(
                            $"api/v1/ForeignApp/stop/{client}/1/Key", new { Key = "k", Value = "v", TableName = "contact", RecordId = id });
                        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                        answered.Add(id);
                    }
                    catch (Exception e) when (e is HttpRequestException or SocketException && Volatile.Read(ref stopping))
                    {
                        // Refused, or closed before it was read.
                        unanswered.Add(id);
                        return;
                    }
                }
            })).ToArray();
            var (begun, clockOfRound) = (answered.Count, Stopwatch.StartNew());
            for (; answered.Count < begun + (10 * Clients); await Task.Delay(10))
            {
                Assert.True(clockOfRound.Elapsed < StopWithin, "The saves are not answered.");
            }

            Volatile.Write(ref stopping, true);
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await server.StopAsync());
            stops.Add(clock.Elapsed);
            await Task.WhenAll(clients);
            await server.StartAsync();
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} stops: {answered.Count} saves answered, {unanswered.Count} not; {stops.Max().TotalSeconds:F2} s at most"));
        Assert.True(stops.Max() < StopWithin);
        Assert.True(answered.Count > Rounds * 10);
        var stored = await server.RecordsOfAsync("stop");
        Assert.Equal(answered.Order(), stored.Order());
        await server.DisposeAsync();
    }

    [Fact]
    public async Task StoppedWithOpenCalls_ExitsWithZero_AndTellsTheirCallers()
    {
        var server = new ServerProcess { Settings = { ["ShutdownTimeoutSeconds"] = "600", ["Limits__BodySeconds"] = "600" } };
        await server.InitializeAsync();
        using var idle = await RawConnection.OpenAsync(server.RestUri);
        using var streams = await RawHttp2Connection.OpenAsync(server.GrpcUri);
        var (agent, metadata) = server.Grpc();
        for (var id = 0; id < 1_000; id++)
        {
            await agent.SaveForeignKeyAsync(Save(id), metadata);
        }

        // Kestrel gives up a slow body after ten seconds, so this one comes last.
        using var body = await RawConnection.OpenAsync(server.RestUri);
        var answer = body.SendAlmostAllAsync(1_000, default);
        using var stream = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = "streamed" }, metadata);
        Assert.True(await stream.ResponseStream.MoveNext(default));

        var clock = Stopwatch.StartNew();
        var exit = await server.StopAsync().WaitAsync(StopWithin);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The stop took {clock.Elapsed.TotalSeconds:F2} s"));

        Assert.Equal(0, exit);
        Assert.True(await answer.WaitAsync(StopWithin) is 0 or 503);
        var ended = await Assert.ThrowsAsync<RpcException>(async () => await stream.ResponseStream.ReadAllAsync().CountAsync());
        Assert.True(ended.StatusCode is StatusCode.Unavailable or StatusCode.Internal, $"{ended.Status}");
        await server.DisposeAsync();
    }

    private static SaveForeignKeyRequest Save(int id) => new()
    {
        ApplicationName = "streamed",
        DeviceName = "unit",
        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = new string('x', 8_000), TableName = "contact", RecordId = id },
    };
}
