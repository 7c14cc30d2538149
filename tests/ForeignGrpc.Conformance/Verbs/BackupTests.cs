using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Copies of the database, made beside a running server, and put back. FOREIGNGRPC_TEST_KEYS says how many keys, 50,000 by default.
/// </summary>
public sealed class BackupTests : IAsyncLifetime
{
    private static readonly int Keys = Tool.Setting("FOREIGNGRPC_TEST_KEYS", 50_000);

    private readonly ServerProcess _server = new();
    private readonly ServerProcess _restored = new();

    private string Backup => Path.Combine(_server.Folder, "copy.db");

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _restored.DisposeAsync();
    }

    [Fact]
    public async Task BackupUnderLoad_HasAllThatWasAcknowledgedBefore_AndIsServedWhenItIsRestored()
    {
        await ManyKeys.FillAsync(_server, Keys);
        using var rest = _server.Rest();
        var acknowledged = new ConcurrentBag<int>();
        var (next, ends) = (0, false);
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref ends))
            {
                var id = Interlocked.Increment(ref next);
                (await rest.PutAsJsonAsync(
                    "api/v1/ForeignApp/load/unit/1/Key", new { Key = "k", Value = $"v{id}", TableName = "contact", RecordId = id }))
                    .EnsureSuccessStatusCode();
                acknowledged.Add(id);
            }
        })).ToArray();
        while (acknowledged.Count < 100)
        {
            Assert.DoesNotContain(load, client => client.IsCompleted);
            await Task.Delay(10);
        }

        var before = acknowledged.ToArray();

        var (exitCode, output, error) = await RunAsync(_server.Folder, "backup", Backup);

        Volatile.Write(ref ends, true);
        await Task.WhenAll(load);
        Assert.True(exitCode == 0, error);
        Assert.Contains("Backed up and checked: ", output, StringComparison.Ordinal);
        Assert.True(acknowledged.Count > before.Length, "The backup held up the load.");
        Assert.Equal(0, (await RunAsync(_restored.Folder, "restore", Backup)).ExitCode);
        await _restored.InitializeAsync();
        Assert.Equal(await ReadAsync(_server, ManyKeys.App), await ReadAsync(_restored, ManyKeys.App));
        var (now, then) = ((await ReadAsync(_server, "load")).ToHashSet(), await ReadAsync(_restored, "load"));
        Assert.InRange(then.Count, before.Length, now.Count);
        Assert.All(then, key => Assert.Contains(key, now));
        Assert.Empty(before.Select(id => $"{id} v{id}").Except(then.Select(key => string.Join(' ', key.Split(' ')[..2]))));
    }

    [Fact]
    public async Task Restored_TakesTheDatabasesPlace_WhichIsKept()
    {
        using var rest = _server.Rest();
        (await rest.PutAsync("api/v1/ForeignApp/first", null)).EnsureSuccessStatusCode();
        Assert.Equal(0, (await RunAsync(_server.Folder, "backup", Backup)).ExitCode);
        (await rest.PutAsync("api/v1/ForeignApp/second", null)).EnsureSuccessStatusCode();
        Assert.Contains("is in use; stop its server first", await RefusalAsync("restore", Backup), StringComparison.Ordinal);
        await _server.StopAsync();

        var (exitCode, output, error) = await RunAsync(_server.Folder, "restore", Backup);

        Assert.True(exitCode == 0, error);
        Assert.Contains("Restored and checked: 0 keys.", output, StringComparison.Ordinal);
        await _server.StartAsync();
        using var again = _server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("api/v1/ForeignApp/first")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await again.GetAsync("api/v1/ForeignApp/second")).StatusCode);
        Assert.Contains(".before-restore' already", await RefusalAsync("restore", Backup), StringComparison.Ordinal);
        await _server.StopAsync();
        File.Move(_server.DatabaseFile + ".before-restore", _server.DatabaseFile, overwrite: true);
        await _server.StartAsync();
        using var old = _server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("api/v1/ForeignApp/second")).StatusCode);
    }

    [Fact]
    public async Task LogOfADatabaseThatWasMovedAway_IsKept_AndNotTakenForTheRestoredOnes()
    {
        using var rest = _server.Rest();
        (await rest.PutAsync("api/v1/ForeignApp/first", null)).EnsureSuccessStatusCode();
        Assert.Equal(0, (await RunAsync(_server.Folder, "backup", Backup)).ExitCode);
        (await rest.PutAsync("api/v1/ForeignApp/second", null)).EnsureSuccessStatusCode();
        await _server.KillAsync();
        var away = Path.Combine(_server.Folder, "away.db");
        File.Move(_server.DatabaseFile, away);

        var (exitCode, output, error) = await RunAsync(_server.Folder, "restore", Backup);

        Assert.True(exitCode == 0, error);
        Assert.Contains($"{_server.DatabaseFile}.before-restore-wal", output, StringComparison.Ordinal);
        await _server.StartAsync();
        using var again = _server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("api/v1/ForeignApp/first")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await again.GetAsync("api/v1/ForeignApp/second")).StatusCode);
        await _server.StopAsync();
        File.Move($"{_server.DatabaseFile}.before-restore-wal", away + "-wal");
        File.Move(away, _server.DatabaseFile, overwrite: true);
        File.Move(away + "-wal", _server.DatabaseFile + "-wal");
        await _server.StartAsync();
        using var old = _server.Rest();
        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("api/v1/ForeignApp/second")).StatusCode);
    }

    [Fact]
    public async Task RestoreThatIsKilled_LeavesTheOldDatabaseOrTheNewOne_AndTheNextCleansUp()
    {
        await ManyKeys.FillAsync(_server, 20_000);
        Assert.Equal(0, (await RunAsync(_server.Folder, "backup", Backup)).ExitCode);
        using (var rest = _server.Rest())
        {
            (await rest.PutAsync("api/v1/ForeignApp/newer", null)).EnsureSuccessStatusCode();
        }

        await _server.StopAsync();
        var kept = _server.DatabaseFile + ".before-restore";

        // Each round is killed when the next of these files has come.
        foreach (var sign in new[] { _server.DatabaseFile + ".foreigngrpc.partial", kept + ".foreigngrpc.partial", kept })
        {
            using (var restore = Tool.Start("dotnet", [Tool.Server, "restore", Backup], _server.Folder))
            {
                while (!File.Exists(sign) && !restore.HasExited)
                {
                    await Task.Yield();
                }

                restore.Kill();
                await restore.WaitForExitAsync();
            }

            await _server.StartAsync();
            using var rest = _server.Rest();
            var isOld = (await rest.GetAsync("api/v1/ForeignApp/newer")).IsSuccessStatusCode;
            Assert.Equal(20_000, (await ReadAsync(_server, ManyKeys.App)).Count);
            await _server.StopAsync();
            Assert.Empty(Directory.EnumerateFiles(_server.Folder, "*.partial*"));
            if (!isOld)
            {
                File.Move(kept, _server.DatabaseFile, overwrite: true);
            }

            File.Delete(kept);
        }

        Assert.Equal(0, (await RunAsync(_server.Folder, "restore", Backup)).ExitCode);
    }

    [Fact]
    public async Task WhatIsNoWholeBackup_IsRefused_AndTheDatabaseStaysAsItIs()
    {
        await ManyKeys.FillAsync(_server, 5_000);
        Assert.Equal(0, (await RunAsync(_server.Folder, "backup", Backup)).ExitCode);
        Assert.Contains("already exists; a backup does not replace a file", await RefusalAsync("backup", Backup), StringComparison.Ordinal);
        Assert.Contains("There is no folder '/nowhere'", await RefusalAsync("backup", "/nowhere/copy.db"), StringComparison.Ordinal);
        await _server.StopAsync();
        var before = await File.ReadAllBytesAsync(_server.DatabaseFile);
        var whole = await File.ReadAllBytesAsync(Backup);

        Assert.Contains(
            "There is no file '/nowhere.db' to restore", await RefusalAsync("restore", "/nowhere.db"), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Backup, whole[..(whole.Length / 2)]);
        Assert.Contains("is damaged", await RefusalAsync("restore", Backup), StringComparison.Ordinal);
        var damaged = (byte[])whole.Clone();
        Array.Fill(damaged, (byte)0x5A, damaged.Length / 2, 8_192);
        await File.WriteAllBytesAsync(Backup, damaged);
        Assert.Contains("is damaged", await RefusalAsync("restore", Backup), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Backup, new string('x', 10_000));
        Assert.Contains("is not a SQLite database", await RefusalAsync("restore", Backup), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Backup, "");
        Assert.Contains("is not a database of this program", await RefusalAsync("restore", Backup), StringComparison.Ordinal);

        Assert.Equal(before, await File.ReadAllBytesAsync(_server.DatabaseFile));
        Assert.Empty(Directory.EnumerateFiles(_server.Folder, "*.partial"));
        Assert.Empty(Directory.EnumerateFiles(_server.Folder, "*.before-restore"));
    }

    [Fact]
    public async Task WithPostgres_ItSaysWhatToUse()
    {
        var (exitCode, _, error) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "backup", Backup], environment: new() { ["Storage__Provider"] = "Postgres" });

        Assert.Equal(1, exitCode);
        Assert.Equal("ForeignGrpc: Storage:Provider is Postgres. Back the database up with its own tools, such as pg_dump.\n", error);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, params string[] arguments) =>
        Tool.RunAsync("dotnet", [Tool.Server, .. arguments], folder);

    private static async Task<List<string>> ReadAsync(ServerProcess server, string app)
    {
        var (agent, metadata) = server.Grpc();
        var keys = new List<string>();
        using var call = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = app }, metadata);
        await foreach (var key in call.ResponseStream.ReadAllAsync())
        {
            keys.Add($"{key.RecordId} {key.KeyValue} {key.CreatedDate} {key.UpdatedDate}");
        }

        return keys;
    }

    private async Task<string> RefusalAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(_server.Folder, arguments);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("ForeignGrpc: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        return error;
    }
}
