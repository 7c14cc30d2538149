using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
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
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task StoppedUnderLoad_AnswersWhatItAccepted_AndExitsWithZero()
    {
        var server = new ServerProcess { Settings = { ["ShutdownTimeoutSeconds"] = "10" } };
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
                    catch (HttpRequestException) when (Volatile.Read(ref stopping))
                    {
                        // Refused, or closed before it was read.
                        unanswered.Add(id);
                        return;
                    }
                }
            })).ToArray();
            await Task.Delay(500);

            Volatile.Write(ref stopping, true);
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await server.StopAsync());
            stops.Add(clock.Elapsed);
            await Task.WhenAll(clients);
            await server.StartAsync();
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Rounds} stops: {answered.Count} saves answered, {unanswered.Count} not; {stops.Max().TotalSeconds:F2} s at most"));
        Assert.True(stops.Max() < StopWithin);
        Assert.True(answered.Count > Rounds * 10);
        var stored = await server.RecordsOfAsync("stop");
        Assert.Equal(answered.Order(), stored.Order());
        await server.DisposeAsync();
    }
}
