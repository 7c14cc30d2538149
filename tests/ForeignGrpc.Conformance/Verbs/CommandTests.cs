using System.Net;
using System.Text;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>The command line.</summary>
public sealed class CommandTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    /// <summary>What a verb says of where it works.</summary>
    private string Database => $"Database: {server.DatabaseFile}\n";

    [Fact]
    public async Task AddedUser_CanCallAtOnce()
    {
        var (exitCode, output, error) = await RunAsync(
            "pass word:🔑\n", "users", "add", "alice", "--role", "reader", "--full-name", "Alice A.");

        Assert.Equal((0, "Added reader 'alice'.\n", Database), (exitCode, output, error));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.RestUri, "api/v1/ForeignApp/none/none/Key/k//0"));
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String("alice:pass word:🔑"u8));
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(request)).StatusCode);
        Assert.Equal(1, (await RunAsync("other\n", "users", "add", "alice", "--role", "admin")).ExitCode);
    }

    [Fact]
    public async Task Users_AreManagedBesideARunningServer_AndItHoldsWithTheNextCall()
    {
        async Task<HttpStatusCode> PutAsync(string password)
        {
            using var client = server.Rest();
            client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"carol:{password}")));
            using var response = await client.PutAsync("api/v1/ForeignApp/by carol", null);
            return response.StatusCode;
        }

        await RunAsync("first\n", "users", "add", "carol", "--role", "writer", "--full-name", "Carol C.");
        Assert.Equal(HttpStatusCode.OK, await PutAsync("first"));
        Assert.Contains("carol\twriter\tenabled\tCarol C.\n", (await RunAsync("", "users", "list")).Output, StringComparison.Ordinal);

        Assert.Equal((0, "'carol' has the role reader.\n", Database), await RunAsync("", "users", "set-role", "carol", "--role", "reader"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync("first"));

        Assert.Equal(
            (0, "'carol' has a new password; role reader.\n", Database), await RunAsync("second\n", "users", "set-password", "carol"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync("first"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync("second"));

        Assert.Equal((0, "'carol' is disabled; role reader.\n", Database), await RunAsync("", "users", "disable", "carol"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PutAsync("second"));
        Assert.Contains("carol\treader\tdisabled", (await RunAsync("", "users", "list")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("", "users", "enable", "carol")).ExitCode);
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync("second"));
        Assert.DoesNotContain("second", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "There is no user 'nobody'.", "users", "disable", "nobody")]
    [InlineData("", "There is no user 'nobody'.", "users", "set-role", "nobody", "--role", "admin")]
    [InlineData("x\n", "The user 'tje0' already exists.", "users", "add", "tje0", "--role", "admin")]
    [InlineData("\n", "The password must not be blank.", "users", "add", "bob", "--role", "admin")]
    [InlineData("", "The password must not be blank.", "users", "add", "bob", "--role", "admin")]
    [InlineData("x\n", "no colon", "users", "add", "bob:b", "--role", "admin")]
    [InlineData("x\n", "Option '--role' is required.", "users", "add", "bob")]
    [InlineData("x\n", "'king'", "users", "add", "bob", "--role", "king")]
    public async Task WrongCommand_SaysWhyAndFails(string input, string because, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(input, arguments);

        Assert.Equal(1, exitCode);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunByTheSdk_KeepsItsDatabaseInTheWorkingDirectory()
    {
        using var folder = new TemporaryFolder();
        var project = Path.Combine(Tool.Repository, "src", "ForeignGrpc.Server");
        string[] run = ["run", "--no-build", "-c", Tool.Configuration, "--project", project, "--"];

        var (exitCode, _, error) = await Tool.RunAsync(
            "dotnet", [.. run, "users", "add", "alice", "--role", "admin", "--create"], folder.FullName, "secret\n");

        Assert.True(exitCode == 0, error);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "foreign.db")));
    }

    [Theory]
    [InlineData("", "ConnectionStrings:ForeignSystem is not set. Storage:Provider Postgres needs it")]
    [InlineData("Host=127.0.0.1;Port=1;Password=S3cret", "on 127.0.0.1 cannot be reached")]
    [InlineData("Data Source=foreign.db", "The connection string is not valid for PostgreSQL")]
    public async Task PostgresThatCannotBeOpened_EndsTheStartWithOneLine(string connectionString, string because)
    {
        var settings = new Dictionary<string, string> { ["Storage__Provider"] = "Postgres" };
        if (connectionString.Length > 0)
        {
            settings["ConnectionStrings__ForeignSystem"] = connectionString;
        }

        var (exitCode, _, error) = await Tool.RunAsync("dotnet", [Tool.Server], server.Folder, environment: settings);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("ForeignGrpc: ", error, StringComparison.Ordinal);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("S3cret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_TellsWhetherTheServerIsReady()
    {
        var (exitCode, output, _) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "health"], environment: new() { ["Kestrel__Endpoints__Rest__Url"] = $"{server.RestUri}" });
        Assert.Equal((0, "Healthy\n"), (exitCode, output));

        var (gone, _, error) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "health"], environment: new() { ["Kestrel__Endpoints__Rest__Url"] = "http://0.0.0.0:1" });
        Assert.Equal(1, gone);
        Assert.StartsWith("ForeignGrpc: http://127.0.0.1:1/health/ready does not answer", error, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params string[] arguments) =>
        Tool.RunAsync("dotnet", [Tool.Server, .. arguments], server.Folder, input);
}
