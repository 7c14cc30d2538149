using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>A million keys under one application: delivered in constant memory, and every page as fast as the first.</summary>
public sealed class MillionKeysTests(ITestOutputHelper output)
{
    private const int Keys = 1_000_000;
    private const int MayGrow = 64 * 1024 * 1024;

    [Fact]
    public Task OnSqlite() => StreamsAndPagesAsync(new ServerProcess());

    [SkippableFact]
    public Task OnPostgres()
    {
        var server = new PostgresServer();
        server.OrSkip();
        return StreamsAndPagesAsync(server);
    }

    private async Task StreamsAndPagesAsync(ServerProcess server)
    {
        server.Settings["Limits__ListPage"] = "10000";
        await server.InitializeAsync();
        using var rest = server.Rest();
        await ManyKeys.FillAsync(server, Keys);
        await StreamAsync(server, Keys / 10);
        var before = server.PeakMemory;

        Assert.Equal(Keys, await StreamAsync(server, Keys));

        var grown = server.PeakMemory - before;
        output.WriteLine(
            $"{Keys} keys streamed after a tenth of them; "
            + $"the server's peak memory grew by {grown / 1024.0 / 1024:F1} MiB from {before / 1024.0 / 1024:F1} MiB");
        Assert.InRange(grown, 0, MayGrow);
        await PageAsync(rest);
        await server.DisposeAsync();
    }

    private static async Task<int> StreamAsync(ServerProcess server, int atMost)
    {
        var (client, metadata) = server.Grpc();
        using var call = client.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = ManyKeys.App }, metadata);
        var count = 0;
        await foreach (var key in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal("contact", key.TableName);
            if (++count == atMost)
            {
                break;
            }
        }

        return count;
    }

    private async Task PageAsync(HttpClient rest)
    {
        var pages = new List<string>();
        var rows = 0;
        for (var next = $"api/v1/ForeignApp?$select=recordId&$filter=appName eq '{ManyKeys.App}'"; next is not null;)
        {
            pages.Add(next);
            var page = JsonNode.Parse(await rest.GetStringAsync(next))!;
            rows += page["value"]!.AsArray().Count;
            next = (string?)page["odata.nextLink"];
        }

        Assert.Equal(Keys, rows);
        var (first, last) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 10; i++)
        {
            // In turns, and the least: a busy machine slows down both.
            first = await TakesAsync(rest, pages[1], first);
            last = await TakesAsync(rest, pages[^2], last);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pages.Count} pages of 10,000 rows: {first.TotalMilliseconds:F0} ms for the second, "
            + $"{last.TotalMilliseconds:F0} ms for the last but one"));
        Assert.True(last < 3 * first, $"a page takes {first} at the beginning and {last} at the end");
    }

    /// <summary>How long a request takes, or the least that it took before.</summary>
    private static async Task<TimeSpan> TakesAsync(HttpClient rest, string page, TimeSpan before)
    {
        var clock = Stopwatch.StartNew();
        await rest.GetStringAsync(page);
        return clock.Elapsed < before ? clock.Elapsed : before;
    }
}
