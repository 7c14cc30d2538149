using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Benchmarks;

/// <summary>What SQLite itself takes to make one row durable: an insert in a transaction of its own, one after another, on a file with
/// WAL and synchronous=FULL. A lone PUT cannot be quicker.</summary>
internal static class LoneCommits
{
    public static Task RunAsync(string file, int seconds)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
            + "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO row (value) VALUES (@value)";
        command.Parameters.AddWithValue("@value", "v123456789");
        command.Prepare();
        var (clock, end) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(seconds));
        var times = new List<double>();
        while (clock.Elapsed < end)
        {
            var start = clock.Elapsed;
            command.ExecuteNonQuery();
            times.Add((clock.Elapsed - start).TotalMilliseconds);
        }

        Report.Print(times, clock.Elapsed);
        return Task.CompletedTask;
    }
}
