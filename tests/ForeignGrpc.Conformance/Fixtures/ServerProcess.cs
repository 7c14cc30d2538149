using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ForeignGrpc.Testing;
using Xunit.Sdk;

namespace ForeignGrpc.Conformance;

/// <summary>The real server in a process of its own, in Development, on free ports and a database file that outlives it.</summary>
public partial class ServerProcess : Service
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
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
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>How long processors have worked for the server so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>What the process has open, as Linux names it: paths, `socket:[…]`, `anon_inode:…`.</summary>
    public IEnumerable<string?> OpenFiles => Directory.GetFiles($"/proc/{_process!.Id}/fd").Select(file => new FileInfo(file).LinkTarget);

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
        _folder.Dispose();
    }

    /// <summary>
    /// Starts the server and waits until it is ready: at first at ports that the system chooses, then at the same ones, which another may
    /// have meanwhile.
    /// </summary>
    public async Task StartAsync()
    {
        for (var clock = Stopwatch.StartNew(); !await TryStartAsync();)
        {
            Assert.True(clock.Elapsed < StartWithin, $"Its ports are taken: {Log}");
            await Task.Delay(100);
        }
    }

    /// <summary>SIGKILL: no chance to clean up.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: the server keeps its ports and connections, and does nothing.</summary>
    public Task PauseAsync() => Tool.MustRunAsync("kill", ["-STOP", $"{_process!.Id}"]);

    /// <summary>SIGCONT: the server goes on after a pause.</summary>
    public Task ResumeAsync() => Tool.MustRunAsync("kill", ["-CONT", $"{_process!.Id}"]);

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.MustRunAsync("kill", ["-TERM", $"{_process!.Id}"]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <returns>False when a port is taken.</returns>
    private async Task<bool> TryStartAsync()
    {
        var (printed, listens) = (new StringBuilder(), new List<Uri>());
        var process = _process = Tool.Start("dotnet", [Tool.Server], Folder, new(Settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Kestrel__Endpoints__Rest__Url"] = RestUri.ToString(),
            ["Kestrel__Endpoints__Grpc__Url"] = GrpcUri.ToString(),
        });
        void Print(object sender, DataReceivedEventArgs line)
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
                printed.AppendLine(line.Data);
                if (Listening().Match(line.Data ?? "") is { Success: true } listening)
                {
                    listens.Add(new Uri(listening.Groups[1].Value));
                }
            }
        }

        process.OutputDataReceived += Print;
        process.ErrorDataReceived += Print;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient();
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync();
                return printed.ToString().Contains("address already in use", StringComparison.Ordinal)
                    ? false
                    : throw new XunitException($"The server ended at its start: {printed}");
            }

            if (clock.Elapsed > StartWithin)
            {
                await KillAsync();
                throw new XunitException($"The server is not ready after {StartWithin}: {Log}");
            }

            lock (_log)
            {
                if (listens.Count < 2)
                {
                    continue;
                }

                // In the order of the endpoints' names.
                (GrpcUri, RestUri) = (listens[0], listens[1]);
            }

            try
            {
                if ((await client.GetAsync(new Uri(RestUri, "health/ready"))).IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }

    [GeneratedRegex("""Now listening on: ([^\s"]+)""")]
    private static partial Regex Listening();
}
