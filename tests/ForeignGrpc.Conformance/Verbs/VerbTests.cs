using ForeignGrpc.Testing;
using Npgsql;

namespace ForeignGrpc.Conformance;

/// <summary>
/// What verbs work on: settings anywhere among their words, no database that was not asked for, nothing that is not understood.
/// </summary>
public sealed class VerbTests : IDisposable
{
    private const string Setting = "--ConnectionStrings:ForeignSystem";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string[], string[]> Forms => new()
    {
        { [], [$"{Setting}=Data Source=real.db"] },
        { [], [Setting, "Data Source=real.db"] },
        { [], ["/ConnectionStrings:ForeignSystem=Data Source=real.db"] },
        { [], ["connectionstrings:foreignsystem=Data Source=real.db"] },
        { [$"{Setting}=Data Source=real.db"], [] },
        { [Setting, "Data Source=real.db"], ["--Storage:Provider", "Sqlite"] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Settings_HoldForEveryVerb_WhereverTheyStand(string[] before, string[] after)
    {
        Assert.Equal(0, (await RunAsync("users", "add", "here", "--role", "admin", "--create")).ExitCode);
        var untouched = await File.ReadAllBytesAsync(PathOf("foreign.db"));

        var (exitCode, _, error) = await RunAsync([.. before, "users", "add", "there", "--role", "admin", "--create", .. after]);

        Assert.Equal((0, $"Database: {PathOf("real.db")}\n"), (exitCode, error));
        Assert.StartsWith("there\t", (await RunAsync([.. before, "users", "list", .. after])).Output, StringComparison.Ordinal);
        Assert.Contains(
            $"Database: {PathOf("real.db")}\n", (await RunAsync([.. before, "backup", .. after, "monday.db"])).Output,
            StringComparison.Ordinal);
        File.Delete(PathOf("real.db"));
        var (restored, output, _) = await RunAsync([.. before, "restore", "monday.db", .. after]);
        Assert.Equal(0, restored);
        Assert.Contains($"Database: {PathOf("real.db")}\n", output, StringComparison.Ordinal);
        Assert.StartsWith("there\t", (await RunAsync([.. before, "users", .. after, "list"])).Output, StringComparison.Ordinal);
        Assert.Equal(untouched, await File.ReadAllBytesAsync(PathOf("foreign.db")));
    }

    [Theory]
    [InlineData("Did you mean 'backup'?", "bakcup", "x.db")]
    [InlineData("Did you mean 'restore'?", "resotre", "x.db")]
    [InlineData("Did you mean 'users'?", "--Limits:Value=5", "user", "list")]
    [InlineData("Did you mean 'list'?", "users", "lsit")]
    [InlineData("Did you mean '--create'?", "users", "add", "bob", "--role", "admin", "--crate")]
    [InlineData("Did you mean '--ConnectionStrings:ForeignSystem'?", "users", "list", "--ConnectionStrings__ForeignSystem=Password=S3cret")]
    [InlineData("Did you mean 'ConnectionStrings'?", "restore", "x.db", "--ConnectionString:ForeignSystem=Data Source=real.db")]
    [InlineData("Did you mean ConnectionStrings:ForeignSystem?", "backup", "x.db", "--ConnectionStrings:ForeignSystm=Data Source=real.db")]
    [InlineData("There is no section of settings 'Database'", "users", "list", "--Database:Path=real.db")]
    [InlineData("There is no section of settings 'Database'", "--Database:Path=real.db")]
    [InlineData("'nonsense'", "nonsense")]
    [InlineData("'y.db'", "backup", "x.db", "y.db")]
    [InlineData("'--force'", "restore", "x.db", "--force")]
    [InlineData("The setting --Storage:Provider has no value", "users", "list", "--Storage:Provider")]
    [InlineData("The setting --Storage:Provider has no value", "--Storage:Provider", "--Limits:Value=5")]
    public async Task WhatIsNotUnderstood_IsAnError_AndNothingIsDone(string because, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        AssertOneLine(exitCode, error, because);
        Assert.DoesNotContain("S3cret", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("users", "list")]
    [InlineData("users", "add", "bob", "--role", "admin")]
    [InlineData("users", "disable", "bob")]
    [InlineData("users", "set-password", "bob")]
    [InlineData("backup", "x.db")]
    [InlineData("restore", "x.db")]
    public async Task NoVerb_MakesADatabase(params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        AssertOneLine(exitCode, error, "There is no ");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [SkippableFact]
    public async Task NoVerb_MakesTables()
    {
        PostgresCluster.SkipIfMissing();
        var database = await (await PostgresCluster.Shared).CreateDatabaseAsync();
        var environment = new Dictionary<string, string>
        {
            ["Storage__Provider"] = "Postgres",
            ["ConnectionStrings__ForeignSystem"] = database + ";Password=S3cret",
        };
        string[] list = ["users", "list"], add = ["users", "add", "bob", "--role", "admin"];
        foreach (var arguments in new[] { list, add })
        {
            var (exitCode, _, error) = await RunAsync(environment, arguments);

            AssertOneLine(exitCode, error, "has no tables of this program");
            Assert.DoesNotContain("S3cret", error, StringComparison.Ordinal);
        }

        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", connection);
            Assert.Equal(0L, await command.ExecuteScalarAsync());
        }

        Assert.Equal(0, (await RunAsync(environment, [.. add, "--create"])).ExitCode);
        var (done, output, where) = await RunAsync(environment, list);
        Assert.Equal((0, "bob\tadmin\tenabled\tbob\n"), (done, output));
        Assert.Matches(@"^Database: 'test_\d+' on 127\.0\.0\.1:\d+\n$", where);
    }

    [Theory]
    [InlineData("\uFEFFsecret\r\n")]
    [InlineData("\uFEFFsecret")]
    [InlineData("secret\r\n")]
    [InlineData("secret\nsecond line\n")]
    public async Task Password_IsTheFirstLine_WithoutAByteOrderMark(string input)
    {
        var server = new ServerProcess();
        await server.InitializeAsync();
        Assert.Equal(
            0, (await Tool.RunAsync("dotnet", [Tool.Server, "users", "add", "bob", "--role", "reader"], server.Folder, input)).ExitCode);
        using var client = server.Rest();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("bob:secret"u8));

        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("api/v1/ForeignApp")).StatusCode);

        await server.DisposeAsync();
    }

    [Fact]
    public async Task PasswordThatIsTooLong_IsRefused()
    {
        Assert.Equal(0, (await RunAsync("users", "add", "first", "--role", "admin", "--create")).ExitCode);

        var (exitCode, _, error) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "users", "add", "bob", "--role", "reader"], _folder.FullName, new string('x', 501) + "\n");

        Assert.Equal(1, exitCode);
        Assert.Contains("more than 500 characters", error, StringComparison.Ordinal);
    }

    private static void AssertOneLine(int exitCode, string error, string because)
    {
        Assert.Equal(1, exitCode);
        Assert.StartsWith("ForeignGrpc: ", error, StringComparison.Ordinal);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(Dictionary<string, string> environment, string[] arguments) =>
        Tool.RunAsync("dotnet", [Tool.Server, .. arguments], _folder.FullName, "secret\n", environment);
}
