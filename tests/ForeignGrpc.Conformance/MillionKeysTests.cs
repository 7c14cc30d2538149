using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>A million keys under one application: delivered in constant memory, and every page as fast as the first.</summary>
public sealed class MillionKeysTests(ITestOutputHelper output)
{
    private const int Keys = 1_000_000;
    private const int MayGrow = 64 * 1024 * 1024;

    [Fact]
    public async Task MillionKeys_StreamInConstantMemory_AndPageInConstantTime()
    {
        var server = new ServerProcess { Settings = { ["Limits__ListPage"] = "10000" } };
        await server.InitializeAsync();
        using var rest = server.Rest();
        for (var device = 1; device <= 4; device++)
        {
            (await rest.PostAsync($"api/v1/ForeignApp/million/unit/{device}", null)).EnsureSuccessStatusCode();
        }

        Fill(server.DatabaseFile);
        var before = server.PeakMemory;

        Assert.Equal(Keys, await StreamAsync(server));

        var grown = server.PeakMemory - before;
        output.WriteLine($"{Keys} keys streamed; the server's peak memory grew by {grown / 1024.0 / 1024:F1} MiB from {before / 1024.0 / 1024:F1} MiB");
        Assert.InRange(grown, 0, MayGrow);
        await PageAsync(rest);
        await server.DisposeAsync();
    }

    private static async Task<int> StreamAsync(ServerProcess server)
    {
        var (client, metadata) = server.Grpc();
        using var call = client.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = "million" }, metadata);
        var count = 0;
        await foreach (var key in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal("contact", key.TableName);
            count++;
        }

        return count;
    }

    /// <summary>Straight into the file, as a million saves would take minutes. Lists do not look at the hash of values.</summary>
    private static void Fill(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {Keys})
            INSERT INTO foreign_key
              (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
            SELECT (SELECT min(id) FROM foreign_device) + n.id % 4, 5, n.id, 'key', 'value ' || n.id, 0, 0, 1, 0, 1 FROM n
            """;
        command.ExecuteNonQuery();
    }

    private async Task PageAsync(HttpClient rest)
    {
        var times = new List<TimeSpan>();
        var rows = 0;
        for (var next = "api/v1/ForeignApp?$select=recordId&$filter=appName eq 'million'"; next is not null;)
        {
            var clock = Stopwatch.StartNew();
            var page = JsonNode.Parse(await rest.GetStringAsync(next))!;
            times.Add(clock.Elapsed);
            rows += page["value"]!.AsArray().Count;
            next = (string?)page["odata.nextLink"];
        }

        Assert.Equal(Keys, rows);
        var (first, last) = (Median(times.Skip(1).Take(10)), Median(times.SkipLast(1).TakeLast(10)));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{times.Count} pages of 10,000 rows: median {first.TotalMilliseconds:F0} ms among the first, {last.TotalMilliseconds:F0} ms among the last"));
        Assert.True(last < 3 * first, $"a page takes {first} at the beginning and {last} at the end");
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(5);
}
