using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ForeignGrpc.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own, in a temporary folder, on a free port, with fsync on. Its default collation is not that of bytes,
/// as in most installations. It runs as the user `postgres` when the tests run as root, which PostgreSQL refuses to.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<PostgresCluster>> Lazily = new(StartSharedAsync);
    private static readonly string[] NeededPrograms = ["initdb", "postgres", "pg_basebackup"];
    private static readonly string? Programs = FindPrograms();

    private readonly string _folder = Directory.CreateTempSubdirectory("foreigngrpc-postgres-").FullName;
    private readonly StringBuilder _log = new();
    private int _port = FreePort();
    private bool _hasStarted;
    private Process? _process;
    private int _names;

    private PostgresCluster()
    {
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing { get; } = Programs is null && Environment.GetEnvironmentVariable("CI") != "true"
        ? "PostgreSQL is not installed."
        : null;

    /// <summary>The one that the tests of an assembly share.</summary>
    public static Task<PostgresCluster> Shared => Lazily.Value;

    /// <summary>Skips the test where PostgreSQL is missing, except in CI.</summary>
    public static void SkipIfMissing() => Skip.If(Missing is not null, Missing);

    /// <summary>One that is stopped and started at will.</summary>
    public static async Task<PostgresCluster> CreateAsync()
    {
        var cluster = new PostgresCluster();
        await OwnAsync(cluster._folder);
        string[] locale = ["-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"];
        await RunAsync(AsUser([Program("initdb"), "-D", cluster.Data, "-U", "postgres", "--auth=trust", .. locale]));
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>A standby that follows this one.</summary>
    public async Task<PostgresCluster> CreateStandbyAsync()
    {
        var standby = new PostgresCluster();
        await OwnAsync(standby._folder);
        string[] primary = ["-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres"];
        await RunAsync(AsUser(
            [Program("pg_basebackup"), "-D", standby.Data, .. primary, "--write-recovery-conf", "--checkpoint=fast"]));
        await standby.StartAsync();
        return standby;
    }

    /// <summary>The connection string of a new database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _names)}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>The connection string of a new schema, which is as good as a database and a tenth of a second cheaper.</summary>
    public async Task<string> CreateSchemaAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _names)}";
        await ExecuteAsync($"CREATE SCHEMA {name}");
        return $"{ConnectionString("postgres")};Search Path={name}";
    }

    /// <summary>Runs a statement.</summary>
    public async Task ExecuteAsync(string sql, string? connectionString = null)
    {
        await using var connection = new NpgsqlConnection(connectionString ?? ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Starts it, and returns when it answers. Where its port is taken it takes another, but after its first start waits for that one.
    /// </summary>
    public async Task StartAsync()
    {
        for (var clock = Stopwatch.StartNew(); !await TryStartAsync(clock);)
        {
            if (clock.Elapsed > StartWithin || !_log.ToString().Contains("could not create any TCP/IP sockets", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"PostgreSQL does not start: {_log}");
            }

            _port = _hasStarted ? _port : FreePort();
            await Task.Delay(100);
        }

        _hasStarted = true;
    }

    /// <summary>Stops it as a crash would: the mode `immediate`.</summary>
    public async Task StopImmediatelyAsync() => await SignalAsync("QUIT");

    public async ValueTask DisposeAsync()
    {
        await SignalAsync("INT");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Where it listens.</summary>
    public int Port => _port;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The connection string of one of its databases.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    private async Task<bool> TryStartAsync(Stopwatch clock)
    {
        string[] settings = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c", "log_min_messages=fatal"];
        var command = AsUser([Program("postgres"), "-D", Data, "-p", $"{_port}", "-k", _folder, .. settings]);
        _process = Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, line) => _log.AppendLine(line.Data);
        _process.OutputDataReceived += (_, line) => _log.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        for (; !_process.HasExited && clock.Elapsed < StartWithin; await Task.Delay(20))
        {
            try
            {
                // Another cluster may have the port.
                await ExecuteAsync($"SELECT 1 / (current_setting('data_directory') = '{Data}')::integer");
                return true;
            }
            catch (NpgsqlException)
            {
                // Not listening yet, or recovering.
            }
        }

        await _process.WaitForExitAsync();
        return false;
    }

    private static async Task<PostgresCluster> StartSharedAsync()
    {
        var cluster = await CreateAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.RemoveInBackground();
        return cluster;
    }

    /// <summary>
    /// Stops the server and removes its folder by a shell, as the test runner ends this process within a tenth of a second.
    /// </summary>
    private void RemoveInBackground()
    {
        const string Script = "kill -INT $0; while kill -0 $0; do sleep 0.05; done; rm -rf \"$1\"";
        string[] arguments = ["sh", "-c", $"({Script}) 2>/dev/null >/dev/null", $"{_process!.Id}", _folder];
        using var shell = Process.Start(new ProcessStartInfo("setsid", arguments));
    }

    private static string? FindPrograms() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(
            Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => $"{version}/bin")
                : [])
        .FirstOrDefault(folder => NeededPrograms.All(name => File.Exists(Path.Combine(folder, name))));

    private static string Program(string name) =>
        Path.Combine(Programs ?? throw new InvalidOperationException("PostgreSQL is not installed."), name);

    /// <summary>Gives the folder to the user that the server runs as.</summary>
    internal static Task OwnAsync(string folder) =>
        Environment.IsPrivilegedProcess ? RunAsync(["chown", "-R", "postgres", folder]) : Task.CompletedTask;

    internal static string[] AsUser(params string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", .. command] : command;

    internal static async Task RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} exited with {process.ExitCode}: {await error}{await output}");
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task SignalAsync(string signal)
    {
        if (_process is { HasExited: false } process)
        {
            await RunAsync(["kill", $"-{signal}", $"{process.Id}"]);
            await process.WaitForExitAsync();
        }
    }
}
