using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using ForeignSystem.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ForeignGrpc.Conformance;

/// <summary>The real server in a process of its own, in Development, on free ports and a database file that outlives it.</summary>
public sealed class ServerProcess : IAsyncLifetime
{
    /// <summary>The user of the documented sample.</summary>
    public const string User = "tje0";

    public const string Password = "Tje0";

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foreigngrpc-");
    private readonly StringBuilder _log = new();
    private readonly int _restPort = FreePort();
    private readonly int _grpcPort = FreePort();
    private Process _process = null!;
    private GrpcChannel? _channel;

    public static AuthenticationHeaderValue Credential { get; } =
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));

    public Uri RestUri => new($"http://127.0.0.1:{_restPort}/");

    public Uri GrpcUri => new($"http://127.0.0.1:{_grpcPort}/");

    /// <summary>Settings beside the defaults, as environment variables.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>The most memory that the process has had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>The working directory, with `foreign.db`.</summary>
    public string Folder => _folder.FullName;

    public string DatabaseFile => Path.Combine(Folder, "foreign.db");

    /// <summary>What the server printed.</summary>
    public string Log => _log.ToString();

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        _channel?.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
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
            Assert.False(_process.HasExited, $"The server ended at its start: {_log}");
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
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Tool.MustRunAsync("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>An HTTP client with the sample's credential.</summary>
    public HttpClient Rest(int connections = 64)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = RestUri };
        client.DefaultRequestHeaders.Authorization = Credential;
        return client;
    }

    /// <summary>A gRPC client, and the metadata that every call needs.</summary>
    public (ForeignSystemAgent.ForeignSystemAgentClient Client, Metadata Metadata) Grpc()
    {
        _channel ??= GrpcChannel.ForAddress(GrpcUri);
        return (new ForeignSystemAgent.ForeignSystemAgentClient(_channel), new Metadata { { "authorization", Credential.ToString() } });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
