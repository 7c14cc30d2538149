using System.Diagnostics;
using System.Text;

namespace ForeignGrpc.Conformance;

/// <summary>The real server in a process of its own, in Development, on free ports and a database file that outlives it.</summary>
public class ServerProcess : Service
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foreigngrpc-");
    private readonly StringBuilder _log = new();
    private Process? _process;

    /// <summary>Settings beside the defaults, as environment variables.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>The most memory that the process has had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process!.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>The working directory, with `foreign.db`.</summary>
    public string Folder => _folder.FullName;

    public string DatabaseFile => Path.Combine(Folder, "foreign.db");

    /// <summary>What the server printed.</summary>
    public string Log => _log.ToString();

    /// <summary>The connection string of its PostgreSQL database; null when it keeps its keys in a file.</summary>
    public string? PostgresDatabase { get; private set; }

    /// <summary>Has it keep its keys in this database; before it is started.</summary>
    public void UsePostgres(string connectionString)
    {
        PostgresDatabase = connectionString;
        Settings["Storage__Provider"] = "Postgres";
        Settings["ConnectionStrings__ForeignSystem"] = connectionString;
    }

    public override Task InitializeAsync() => StartAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts the server and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _process = Tool.Start("dotnet", [Tool.Server], Folder, new(Settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Kestrel__Endpoints__Rest__Url"] = RestUri.ToString(),
            ["Kestrel__Endpoints__Grpc__Url"] = GrpcUri.ToString(),
        });
        _process.OutputDataReceived += (_, line) => _log.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => _log.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = RestUri };
        for (var clock = Stopwatch.StartNew(); ;)
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync();
                Assert.Fail($"The server ended at its start: {_log}");
            }

            Assert.True(clock.Elapsed < StartWithin, $"The server is not ready after {StartWithin}: {_log}");
            try
            {
                if ((await client.GetAsync("health/ready")).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20);
        }
    }

    /// <summary>SIGKILL: no chance to clean up.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.MustRunAsync("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }
}
