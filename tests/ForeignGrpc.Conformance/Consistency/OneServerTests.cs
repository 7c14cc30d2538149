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
            var (exitCode, _, error) = await Tool.RunAsync(
                "dotnet", [Tool.Server, $"--ConnectionStrings:ForeignSystem=Data Source={name}"], _second.Folder);

            Assert.Equal(1, exitCode);
            Assert.StartsWith(
                $"ForeignGrpc: The database file '{_first.DatabaseFile}' is in use; stop its server first", error,
                StringComparison.Ordinal);
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

    [Fact]
    public async Task FileReplacedUnderTheServer_IsSaidByEveryDoor_AndOnceInTheLog()
    {
        using var rest = _first.Rest();
        (await rest.PutAsync("api/v1/ForeignApp/before", null)).EnsureSuccessStatusCode();
        Assert.Equal(0, (await Tool.RunAsync("dotnet", [Tool.Server, "backup", "copy.db"], _first.Folder)).ExitCode);

        File.Move(Path.Combine(_first.Folder, "copy.db"), _first.DatabaseFile, overwrite: true);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.PutAsync("api/v1/ForeignApp/after", null)).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.GetAsync("api/v1/ForeignApp/before")).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.GetAsync("health/ready")).StatusCode);
        }

        Assert.Single(
            _first.Log.Split('\n'), line => line.Contains("was moved, replaced or removed while it was open", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", _first.Log, StringComparison.Ordinal);
        await _first.StopAsync();
        await _first.StartAsync();
        using var again = _first.Rest();
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("api/v1/ForeignApp/before")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await again.GetAsync("api/v1/ForeignApp/after")).StatusCode);
    }
}
