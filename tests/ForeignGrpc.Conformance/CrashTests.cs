using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>The process may end at any moment; what was acknowledged is there.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const int Keys = 5_000;
    private const int Connections = 64;

    [Fact]
    public async Task KilledWhileSaving_EveryAcknowledgedKeyIsThere()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var server = new ServerProcess();
        await server.InitializeAsync();
        for (var round = 1; round <= Rounds; round++)
        {
            var acknowledged = await SaveUntilKilledAsync(server, round, TimeSpan.FromMilliseconds(random.Next(20, 1_000)));
            await server.StartAsync();
            await AssertAllThereAsync(server, round, acknowledged);
            AssertIntact(server.DatabaseFile);
            output.WriteLine($"round {round}: {acknowledged.Count} of {Keys} were acknowledged before the kill (seed {seed})");
        }

        await server.DisposeAsync();
    }

    private static async Task<IReadOnlyCollection<int>> SaveUntilKilledAsync(ServerProcess server, int round, TimeSpan delay)
    {
        using var rest = server.Rest(Connections);
        Assert.True((await SaveAsync(rest, round, 0)).IsSuccessStatusCode);
        var acknowledged = new ConcurrentBag<int> { 0 };
        var ids = new ConcurrentQueue<int>(Enumerable.Range(1, Keys - 1));
        var clients = Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (ids.TryDequeue(out var id))
            {
                try
                {
                    using var response = await SaveAsync(rest, round, id);
                    response.EnsureSuccessStatusCode();
                    acknowledged.Add(id);
                }
                catch (HttpRequestException e) when (e.StatusCode is null)
                {
                    // The connection broke: the server is gone, and this key was not acknowledged.
                    return;
                }
            }
        })).ToArray();
        await Task.Delay(delay);
        await server.KillAsync();
        await Task.WhenAll(clients);
        return acknowledged;
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient rest, int round, int id) => rest.PutAsJsonAsync(
        $"api/v1/ForeignApp/crash/round {round}/{id % 7}/Key", new { Key = "k", Value = Value(round, id), TableName = "contact", RecordId = id });

    private static string Value(int round, int id) => $"{round}/{id}";

    private static async Task AssertAllThereAsync(ServerProcess server, int round, IReadOnlyCollection<int> acknowledged)
    {
        using var rest = server.Rest();
        await Parallel.ForEachAsync(acknowledged, async (id, cancellationToken) =>
        {
            var value = await rest.GetFromJsonAsync<string>($"api/v1/ForeignApp/crash/round {round}/Key/k/contact/{id}/Value", cancellationToken);
            Assert.Equal(Value(round, id), value);
        });
    }

    private static void AssertIntact(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
    }
}
