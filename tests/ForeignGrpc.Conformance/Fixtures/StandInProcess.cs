using System.Diagnostics;
using System.Net.Http.Json;

namespace ForeignGrpc.Conformance;

/// <summary>A stand-in for SuperOffice, in a process of its own. It keeps its port when it is started again.</summary>
public sealed class StandInProcess : IAsyncLifetime
{
    private readonly HttpClient _control = new();
    private Process? _process;

    /// <summary>Its address, once it is started; there it stays.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0/");

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await KillAsync();
        _control.Dispose();
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public async Task StartAsync()
    {
        _process = Tool.Start("dotnet", [Tool.StandIn, Address.ToString()]);
        Address = new Uri(await _process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException($"The stand-in ended: {await _process.StandardError.ReadToEndAsync()}"));
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Has it accept a value of the header Authorization.</summary>
    public Task AcceptAsync(string authorization, string user, string name, string role = "User level 0") => TellAsync(
        $"_accept?authorization={Uri.EscapeDataString(authorization)}&user={Uri.EscapeDataString(user)}"
        + $"&name={Uri.EscapeDataString(name)}&role={Uri.EscapeDataString(role)}");

    /// <summary>Has it accept a value of the header Authorization no more.</summary>
    public Task RevokeAsync(string authorization) => TellAsync($"_revoke?authorization={Uri.EscapeDataString(authorization)}");

    /// <summary>Has it answer questions about credentials by this status; 200 has it answer by what it accepts.</summary>
    public Task AnswerQuestionsByAsync(int status) => TellAsync($"_questions?status={status}");

    /// <summary>Has it hold questions about credentials, and requests for `held`.</summary>
    public Task HoldAsync() => TellAsync("_hold");

    /// <summary>Has it answer what it holds.</summary>
    public Task ReleaseAsync() => TellAsync("_release");

    /// <summary>The requests that have arrived since the last call of this method.</summary>
    internal async Task<List<SeenRequest>> SeenAsync() => (await _control.GetFromJsonAsync<List<SeenRequest>>(new Uri(Address, "_seen")))!;

    /// <summary>Waits for a request whose target ends so, and returns all requests until then.</summary>
    internal async Task<List<SeenRequest>> UntilSeenAsync(string end)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var seen = new List<SeenRequest>();
        while (!seen.Exists(request => request.Target.EndsWith(end, StringComparison.Ordinal)))
        {
            await Task.Delay(20, limit.Token);
            seen.AddRange(await SeenAsync());
        }

        return seen;
    }

    private async Task TellAsync(string what)
    {
        using var told = await _control.PostAsync(new Uri(Address, what), null);
        told.EnsureSuccessStatusCode();
    }
}
