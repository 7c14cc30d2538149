using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>Servers on PostgreSQL, one of which dies, or whose database does: nothing acknowledged is lost, the others go on, and so does
/// each by itself when the database is back.</summary>
public sealed class PostgresFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Clients = 16;

    private readonly ServerProcess[] _servers = [new(), new(), new()];
    private readonly ConcurrentDictionary<int, string> _acknowledged = new();
    private readonly ConcurrentDictionary<string, int> _refusals = new();
    private PostgresCluster? _cluster;
    private int _next;
    private volatile bool _ends;

    public async Task InitializeAsync()
    {
        if (PostgresCluster.Missing is null)
        {
            _cluster = await PostgresCluster.CreateAsync();
            var connectionString = await _cluster.CreateDatabaseAsync();
            await Task.WhenAll(_servers.Select(server =>
            {
                server.UsePostgres(connectionString);
                return server.InitializeAsync();
            }));
        }
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null)
        {
            foreach (var server in _servers)
            {
                await server.DisposeAsync();
            }

            await _cluster.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task ServerKilledUnderLoad_LosesNothing_AndTheOthersGoOn()
    {
        PostgresCluster.SkipIfMissing();
        var load = Load();
        for (var round = 0; round < 3; round++)
        {
            await AcknowledgedAsync(200);
            var killed = _servers[round];
            await killed.KillAsync();
            await AcknowledgedAsync(200);
            await killed.StartAsync();
        }

        await AcknowledgedAsync(200);
        await EndAsync(load);

        // The calls that the killed server was at, and those sent to it while it was away: not sent at all, or cut off.
        Assert.Equal([], _refusals.Keys.Except(["gone", "Unavailable", "Cancelled"]));
        await AssertAllThereAsync();
    }

    [SkippableFact]
    public async Task DatabaseStoppedUnderLoad_LosesNothing_CallersAreToldToTryAgain_AndTheServersGoOnByThemselves()
    {
        PostgresCluster.SkipIfMissing();
        var load = Load();
        for (var round = 0; round < 3; round++)
        {
            await AcknowledgedAsync(200);
            await _cluster!.StopImmediatelyAsync();
            await RefusedAsync(100);
            foreach (var server in _servers)
            {
                using var rest = server.Rest();
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.GetAsync("health/ready")).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("health/live")).StatusCode);
            }

            await _cluster.StartAsync();
        }

        await AcknowledgedAsync(200);
        await EndAsync(load);

        Assert.Equal([], _refusals.Keys.Except(["Unavailable", "ServiceUnavailable"]));
        await AssertAllThereAsync();
        foreach (var server in _servers)
        {
            using var rest = server.Rest();
            Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("health/ready")).StatusCode);
        }
    }

    private Task[] Load() => [.. Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
    {
        while (!_ends)
        {
            var id = Interlocked.Increment(ref _next);
            var refusal = await (id % 4 == 0 ? SaveByRestAsync(id) : SaveByGrpcAsync(id));
            if (refusal is null)
            {
                _acknowledged[id] = Value(id);
            }
            else
            {
                _refusals.AddOrUpdate(refusal, 1, (_, count) => count + 1);
                await Task.Delay(20);
            }
        }
    }))];

    private async Task EndAsync(Task[] load)
    {
        _ends = true;
        await Task.WhenAll(load);
        var refusals = _refusals.Select(refusal => $"{refusal.Value} {refusal.Key}");
        output.WriteLine($"{_acknowledged.Count} saves acknowledged; refused: {string.Join(", ", refusals)}");
    }

    private Task AcknowledgedAsync(int more) => ReachesAsync(() => _acknowledged.Count, more, "saves acknowledged");

    private Task RefusedAsync(int more) => ReachesAsync(() => _refusals.Values.Sum(), more, "saves refused");

    private static async Task ReachesAsync(Func<int> count, int more, string what)
    {
        var enough = count() + more;
        for (var waited = 0; count() < enough; waited++)
        {
            Assert.True(waited < 3_000, $"{count()} {what} after 30 s, not {enough}.");
            await Task.Delay(10);
        }
    }

    private async Task<string?> SaveByRestAsync(int id)
    {
        try
        {
            using var rest = _servers[id / 4 % _servers.Length].Rest();
            using var response = await rest.PutAsJsonAsync(
                $"api/v1/ForeignApp/fault/unit/{id % 5}/Key", new { Key = "k", Value = Value(id), TableName = "contact", RecordId = id });
            return response.StatusCode == HttpStatusCode.OK ? null : $"{response.StatusCode}";
        }
        catch (HttpRequestException)
        {
            return "gone";
        }
    }

    private async Task<string?> SaveByGrpcAsync(int id)
    {
        var (agent, metadata) = _servers[id % _servers.Length].Grpc();
        try
        {
            await agent.SaveForeignKeyAsync(
                new SaveForeignKeyRequest
                {
                    ApplicationName = "fault",
                    DeviceName = "unit",
                    DeviceIdentifier = $"{id % 5}",
                    ForeignKey = new ForeignKey { KeyName = "k", KeyValue = Value(id), TableName = "contact", RecordId = id },
                },
                metadata);
            return null;
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}";
        }
    }

    private async Task AssertAllThereAsync()
    {
        Assert.All(_servers, server => Assert.DoesNotContain("An internal error occurred", server.Log, StringComparison.Ordinal));
        var (agent, metadata) = _servers[0].Grpc();
        var stored = new Dictionary<int, string>();
        using var call = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = "fault" }, metadata);
        await foreach (var key in call.ResponseStream.ReadAllAsync())
        {
            Assert.True(stored.TryAdd(key.RecordId, key.KeyValue), $"record {key.RecordId} is there twice");
        }

        foreach (var (id, value) in _acknowledged)
        {
            Assert.Equal(value, stored.GetValueOrDefault(id));
        }
    }

    private static string Value(int id) => $"value {id}";
}
