using System.Net;

namespace ForeignGrpc.Conformance;

/// <summary>A SQLite file has one server.</summary>
public sealed class OneServerTests : IAsyncLifetime
{
    private readonly ServerProcess _first = new();
    private readonly ServerProcess _second = new();

    public Task InitializeAsync() => _first.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task SecondServer_IsRefused_UntilTheFirstIsGone_HoweverItGoes()
    {
        var link = Path.Combine(_second.Folder, "link.db");
        File.CreateSymbolicLink(link, _first.DatabaseFile);
        foreach (var name in new[] { _first.DatabaseFile, link, Path.GetRelativePath(_second.Folder, _first.DatabaseFile) })
        {
            var (exitCode, _, error) = await Tool.RunAsync("dotnet", [Tool.Server, $"--ConnectionStrings:ForeignSystem=Data Source={name}"], _second.Folder);

            Assert.Equal(1, exitCode);
            Assert.StartsWith($"ForeignGrpc: The database file '{_first.DatabaseFile}' is in use; stop its server first", error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd('\n').Split('\n'));
        }

        Assert.Equal(0, (await Tool.RunAsync("dotnet", [Tool.Server, "users", "list"], _first.Folder)).ExitCode);
        Assert.Equal(0, (await Tool.RunAsync("dotnet", [Tool.Server, "backup", "copy.db"], _first.Folder)).ExitCode);
        await _first.KillAsync();
        _second.Settings["ConnectionStrings__ForeignSystem"] = $"Data Source={link}";
        await _second.StartAsync();
        using var rest = _second.Rest();
        Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync("api/v1/ForeignApp")).StatusCode);
    }
}
