using System.Diagnostics;
using Npgsql;

namespace ForeignGrpc.Testing;

/// <summary>A pgbouncer before a cluster. It runs as the user `postgres` when the tests run as root, which it refuses to.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";
    private const int Attempts = 5;

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("foreigngrpc-pgbouncer-").FullName;
    private readonly int _port = PostgresCluster.FreePort();
    private Process? _process;

    private PgBouncer()
    {
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing { get; } = PostgresCluster.Missing
        ?? (!File.Exists(Program) && Environment.GetEnvironmentVariable("CI") != "true" ? "pgbouncer is not installed." : null);

    /// <summary>Skips the test where pgbouncer is missing, except in CI.</summary>
    public static void SkipIfMissing() => Skip.If(Missing is not null, Missing);

    /// <summary>Starts one.</summary>
    /// <param name="cluster">The server behind it.</param>
    /// <param name="mode">Its `pool_mode`.</param>
    /// <param name="poolSize">How many sessions of the server it uses for a database.</param>
    public static async Task<PgBouncer> StartAsync(PostgresCluster cluster, string mode, int poolSize)
    {
        for (var attempt = 1; ; attempt++)
        {
            var bouncer = new PgBouncer();
            if (await bouncer.TryStartAsync(cluster, mode, poolSize))
            {
                return bouncer;
            }

            await bouncer.DisposeAsync();
            if (attempt == Attempts)
            {
                throw new InvalidOperationException("pgbouncer does not start.");
            }
        }
    }

    /// <summary>The connection string by way of it.</summary>
    public string Via(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Port = _port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> TryStartAsync(PostgresCluster cluster, string mode, int poolSize)
    {
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host=127.0.0.1 port={cluster.Port} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {_port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = {poolSize}
            max_client_conn = 500
            """);
        await PostgresCluster.OwnAsync(_folder);
        var command = PostgresCluster.AsUser(Program, "--quiet", settings);
        _process = Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        for (var clock = Stopwatch.StartNew(); !_process.HasExited && clock.Elapsed < StartWithin; await Task.Delay(20))
        {
            try
            {
                await cluster.ExecuteAsync("SELECT 1", Via(cluster.ConnectionString("postgres")));
                return true;
            }
            catch (NpgsqlException)
            {
                // Not listening yet.
            }
        }

        return false;
    }
}
