using System.Net;
using System.Text.Json.Nodes;
using ForeignGrpc.Testing;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Conformance;

/// <summary>Database files that cannot be used: the server says in one line why it does not start, and leaves them as they are.</summary>
public sealed class BrokenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DatabaseFile => Path.Combine(_folder.FullName, "foreign.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FileThatIsNoDatabase_StopsTheStart() =>
        await AssertRefusedAsync(
            () =>
                File.WriteAllText(DatabaseFile, string.Concat(Enumerable.Repeat("This is a letter. ", 1_000))), "is not a SQLite database");

    [Fact]
    public async Task DatabaseOfAnotherProgram_StopsTheStart() =>
        await AssertRefusedAsync(
            () =>
                Execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY); PRAGMA user_version = 1"), "is another program's SQLite database");

    [Fact]
    public async Task DatabaseOfANewerVersion_StopsTheStart()
    {
        await StartAndStopAsync();
        await AssertRefusedAsync(() => Execute("PRAGMA user_version = 1000000"), "schema version 1000000 of a newer program");
    }

    [Fact]
    public async Task FileThatAnotherProgramHasLocked_StopsTheStart()
    {
        await StartAndStopAsync();
        using var other = Open();
        using var command = other.CreateCommand();
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE user SET name = name";
        command.ExecuteNonQuery();

        await AssertRefusedAsync(() => { }, "locked", compare: false);
    }

    [Fact]
    public async Task FolderThatIsNotThere_StopsTheStart()
    {
        var (exitCode, _, error) = await StartAsync("/nowhere/at/all/foreign.db");

        AssertOneLine(exitCode, error, "/nowhere/at/all");
    }

    [SkippableFact]
    public async Task FileThatCannotBeWritten_StopsTheStart()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess || Tool.IsCi, "Only root may mount a disk that cannot be written.");
        await StartAndStopAsync();
        await Tool.MustRunAsync("mount", ["--bind", _folder.FullName, _folder.FullName]);
        try
        {
            await Tool.MustRunAsync("mount", ["-o", "remount,ro,bind", _folder.FullName]);
            var (exitCode, _, error) = await StartAsync(DatabaseFile);
            AssertOneLine(exitCode, error, "foreign.db");
        }
        finally
        {
            await Tool.MustRunAsync("umount", [_folder.FullName]);
        }
    }

    [Fact]
    public async Task DamagedPages_AreToldOfWhereTheyAreRead_AndNothingWrongIsEverAnswered()
    {
        const int Keys = 3_000;
        var server = new ServerProcess();
        await server.InitializeAsync();
        await ManyKeys.FillAsync(server, Keys);
        await server.StopAsync();
        const int Page = 4096;
        var pages = await File.ReadAllBytesAsync(server.DatabaseFile);
        for (var page = pages.Length / Page * 2 / 3; page < pages.Length / Page; page += 3)
        {
            Array.Fill(pages, (byte)0xA5, page * Page, Page);
        }

        await File.WriteAllBytesAsync(server.DatabaseFile, pages);
        await server.StartAsync();
        using var rest = server.Rest();
        var (right, damaged) = (0, 0);
        for (var id = 1; id <= Keys; id++)
        {
            using var response = await rest.GetAsync($"api/v1/ForeignApp/{ManyKeys.App}/unit/{1 + (id % 4)}/Key/key/contact/{id}");
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (response.StatusCode == HttpStatusCode.OK)
            {
                Assert.Equal($"value {id}", (string?)answer["Value"]);
                right++;
            }
            else
            {
                Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
                Assert.Contains("damaged", (string?)answer["Message"], StringComparison.Ordinal);
                damaged++;
            }
        }

        Assert.True(right > 0 && damaged > 0, $"{right} keys were answered, {damaged} not.");
        Assert.Equal(0, await server.StopAsync());
        await server.DisposeAsync();
    }

    private async Task AssertRefusedAsync(Action prepare, string because, bool compare = true)
    {
        prepare();
        var before = compare ? await File.ReadAllBytesAsync(DatabaseFile) : [];

        var (exitCode, _, error) = await StartAsync(DatabaseFile);

        AssertOneLine(exitCode, error, because);
        if (compare)
        {
            Assert.Equal(before, await File.ReadAllBytesAsync(DatabaseFile));
        }
    }

    private static void AssertOneLine(int exitCode, string error, string because)
    {
        Assert.Equal(1, exitCode);
        Assert.StartsWith("ForeignGrpc: ", error, StringComparison.Ordinal);
        Assert.Contains(because, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    private static Task<(int ExitCode, string Output, string Error)> StartAsync(string file) =>
        Tool.RunAsync("dotnet", [Tool.Server], environment: new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ConnectionStrings__ForeignSystem"] = $"Data Source={file}",
            ["Kestrel__Endpoints__Rest__Url"] = "http://127.0.0.1:0",
            ["Kestrel__Endpoints__Grpc__Url"] = "http://127.0.0.1:0",
        });

    /// <summary>Has a server make the file.</summary>
    private async Task StartAndStopAsync()
    {
        var server = new ServerProcess { Settings = { ["ConnectionStrings__ForeignSystem"] = $"Data Source={DatabaseFile}" } };
        await server.InitializeAsync();
        Assert.Equal(0, await server.StopAsync());
        await server.DisposeAsync();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={DatabaseFile};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
