using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ForeignGrpc.Conformance;

/// <summary>Moving from SQLite to PostgreSQL. FOREIGNGRPC_TEST_KEYS says how many keys, 50,000 by default.</summary>
public sealed class CopyToPostgresTests : IAsyncLifetime
{
    private static readonly int Keys = Tool.Setting("FOREIGNGRPC_TEST_KEYS", 50_000);

    private readonly ServerProcess _old = new();
    private readonly ServerProcess _new = new();
    private PostgresCluster _cluster = null!;
    private string _target = "";

    public async Task InitializeAsync()
    {
        if (PostgresCluster.Missing is null)
        {
            _cluster = await PostgresCluster.Shared;
            _target = await _cluster.CreateDatabaseAsync();
            await _old.InitializeAsync();
        }
    }

    public async Task DisposeAsync()
    {
        await _old.DisposeAsync();
        await _new.DisposeAsync();
    }

    [SkippableFact]
    public async Task EverythingIsMoved_AndReadBackIdentical_ThoughTheCopyWasKilled()
    {
        PostgresCluster.SkipIfMissing();
        await ManyKeys.FillAsync(_old, Keys);
        var (ticket, keys, list) = await UseAsync(_old);
        await _old.StopAsync();
        await BreakOffAsync();
        var unfinished = await Tool.RunAsync("dotnet", [Tool.Server, "users", "list"], _new.Folder, environment: SettingsOfTarget());
        Assert.Equal(1, unfinished.ExitCode);
        Assert.Contains("has an unfinished copy; let `copy-to-postgres` finish first", unfinished.Error, StringComparison.Ordinal);

        var (exitCode, output, error) = await CopyAsync();

        Assert.True(exitCode == 0, error);
        Assert.Contains($"2 applications, 5 devices, {Keys + 3:N0} keys.", output, StringComparison.Ordinal);
        Assert.Contains("1 registered tables, 1 users, 1 tickets", output, StringComparison.Ordinal);
        _new.UsePostgres(_target);
        await _new.InitializeAsync();
        Assert.Equal(keys, await KeysAsync(_new));
        Assert.Equal(list, await ListRowsAsync(_new));
        await AssertGoesOnAsync(ticket);
    }

    [SkippableFact]
    public async Task WhatCannotBeCopied_IsSaidInOneLine_AndLeavesTheTargetAsItWas()
    {
        PostgresCluster.SkipIfMissing();
        Assert.Contains("There is no database file '/nowhere.db'.", await RefusalAsync("/nowhere.db", _target), StringComparison.Ordinal);
        Assert.Contains("cannot be reached", await RefusalAsync(_old.DatabaseFile, "Host=127.0.0.1;Port=1"), StringComparison.Ordinal);
        using (var writer = new SqliteConnection($"Data Source={_old.DatabaseFile};Pooling=False"))
        {
            writer.Open();
            using var command = writer.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            Assert.Contains("by another program", await RefusalAsync(_old.DatabaseFile, _target), StringComparison.Ordinal);
        }

        var missing = Path.Combine(_new.Folder, "missing.db");
        Assert.Contains("There is no database file", await RefusalAsync(missing, _target), StringComparison.Ordinal);
        Assert.False(File.Exists(missing));
        _new.UsePostgres(_target);
        await _new.InitializeAsync();
        Assert.Contains("already has 1 users; it must be empty", await RefusalAsync(_old.DatabaseFile, _target), StringComparison.Ordinal);
        using var rest = _new.Rest();
        Assert.Equal(HttpStatusCode.OK, (await rest.PutAsync("api/v1/ForeignApp/still usable", null)).StatusCode);
    }

    [SkippableFact]
    public async Task ConnectionString_ComesFromAFileOrTheEnvironment_NotFromAnArgument()
    {
        PostgresCluster.SkipIfMissing();
        foreach (var argument in new[] { $"--to={_target}", $"--ConnectionStrings:ForeignSystem={_target}" })
        {
            var (refused, _, why) = await Tool.RunAsync(
                "dotnet", [Tool.Server, "copy-to-postgres", "--from", _old.DatabaseFile, argument], _new.Folder);
            Assert.Equal(1, refused);
            Assert.Contains("can read the arguments of a program", why, StringComparison.Ordinal);
        }

        var (former, _, error) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "migrate", "--from", _old.DatabaseFile, "--to", _target], _new.Folder);
        Assert.Equal((1, "ForeignGrpc: The verb 'migrate' is called 'copy-to-postgres' now.\n"), (former, error));
        var file = Path.Combine(_new.Folder, "connection");
        await File.WriteAllTextAsync(file, _target + "\n");

        var (exitCode, output, _) = await Tool.RunAsync(
            "dotnet", [Tool.Server, "copy-to-postgres", "--to-file", file, "--from", _old.DatabaseFile], _new.Folder);

        Assert.Equal(0, exitCode);
        Assert.Contains($"From: {_old.DatabaseFile}\n", output, StringComparison.Ordinal);
        Assert.Contains("To: 'test_", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task FileChangedBetweenTwoTries_IsNoticed()
    {
        PostgresCluster.SkipIfMissing();
        await ManyKeys.FillAsync(_old, 50_000);
        await BreakOffAsync();
        using var rest = _old.Rest();
        (await rest.DeleteAsync($"api/v1/ForeignApp/{ManyKeys.App}/unit/1/Key/key/contact/4")).EnsureSuccessStatusCode();

        var refusal = await RefusalAsync(_old.DatabaseFile, _target);

        Assert.Contains("The keys differ: 49,999 in the file, 50,000 in the database", refusal, StringComparison.Ordinal);
    }

    /// <summary>Makes what is rare, and a ticket; returns that, and everything that can be read.</summary>
    private static async Task<(string Ticket, List<string> Keys, List<string> List)> UseAsync(ServerProcess server)
    {
        using var rest = server.Rest();
        foreach (var (key, table, record) in new[] { ("plain", "contact", 7), ("nul \0\u0001\u0002 😀", "Own table", 7), ("", "", 0) })
        {
            using var saved = await rest.PostAsJsonAsync("api/v1/Agents/ForeignSystem/SaveForeignKey", new
            {
                ForeignKey = new { Key = key, Value = "Ærfugl " + key, TableName = table, RecordId = record },
                ApplicationName = "odd \0",
                DeviceName = "\u0001",
                DeviceIdentifier = "",
            });
            saved.EnsureSuccessStatusCode();
        }

        // What was deleted must not come back, nor its number.
        (await rest.PostAsync("api/v1/ForeignApp/deleted", null)).EnsureSuccessStatusCode();
        await DeleteAppAsync(rest, "deleted");
        var ticket = JsonNode.Parse(await (await rest.PostAsync("api/v1/Session/Tickets", null)).Content.ReadAsStringAsync())!;
        return ((string)ticket["Ticket"]!, await KeysAsync(server), await ListRowsAsync(server));
    }

    private static async Task DeleteAppAsync(HttpClient rest, string app)
    {
        var id = (int)JsonNode.Parse(await rest.GetStringAsync($"api/v1/ForeignApp/{app}"))!["ForeignAppId"]!;
        (await rest.DeleteAsync($"api/v1/ForeignApp/{id}")).EnsureSuccessStatusCode();
    }

    private static async Task<List<string>> KeysAsync(ServerProcess server)
    {
        var (agent, metadata) = server.Grpc();
        var keys = new List<string>();
        foreach (var app in new[] { ManyKeys.App, "odd \0" })
        {
            using var call = agent.StreamApplicationKeys(new StreamApplicationKeysRequest { ApplicationName = app }, metadata);
            await foreach (var key in call.ResponseStream.ReadAllAsync())
            {
                keys.Add(key.ToString());
            }
        }

        return keys;
    }

    /// <summary>The first and the last rows, with ids and dates.</summary>
    private static async Task<List<string>> ListRowsAsync(ServerProcess server)
    {
        using var rest = server.Rest();
        var rows = new List<string>();
        foreach (var order in new[] { "keyId", "keyId desc", "appId,deviceName desc,recordId" })
        {
            var page = JsonNode.Parse(await rest.GetStringAsync($"api/v1/ForeignApp?$orderBy={order}&$top=500"))!;
            rows.AddRange(page["value"]!.AsArray().Select(row => row!.ToJsonString()));
        }

        return rows;
    }

    /// <summary>The password and the ticket count, look-ups by value work, and new things get numbers of their own.</summary>
    private async Task AssertGoesOnAsync(string ticket)
    {
        using var rest = _new.Rest();
        rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("SoTicket", ticket);
        using var found = await rest.PostAsJsonAsync("api/v1/Agents/ForeignSystem/GetKeyByValue", new
        {
            ApplicationName = "odd \0",
            DeviceName = "\u0001",
            KeyName = "nul \0\u0001\u0002 😀",
            KeyValue = "Ærfugl nul \0\u0001\u0002 😀",
            TableName = "own TABLE",
        });
        Assert.Equal(7, (int?)JsonNode.Parse(await found.Content.ReadAsStringAsync())!["RecordId"]);
        using var created = await rest.PostAsync("api/v1/ForeignApp/new one", null);
        Assert.Equal(4, (int?)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["ForeignAppId"]);
        using var again = await rest.PutAsJsonAsync(
            "api/v1/ForeignApp/new one/unit/1/Key", new { Key = "k", Value = "v", TableName = "Another own table", RecordId = 1 });
        Assert.Equal("Another own table", (string?)JsonNode.Parse(await again.Content.ReadAsStringAsync())!["TableName"]);
    }

    /// <summary>Kills a copy when it has come half way.</summary>
    private async Task BreakOffAsync()
    {
        using var process = Tool.Start(
            "dotnet", [Tool.Server, "copy-to-postgres", "--from", _old.DatabaseFile], _new.Folder,
            new() { ["ConnectionStrings__ForeignSystem"] = _target });
        await using var connection = new NpgsqlConnection(_target);
        await connection.OpenAsync();
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); ;)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
            try
            {
                await using var command = new NpgsqlCommand("SELECT count(*) FROM foreign_key", connection);
                if ((long)(await command.ExecuteScalarAsync())! > 0)
                {
                    break;
                }
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // Not begun.
            }
        }

        process.Kill();
        await process.WaitForExitAsync();
    }

    private Dictionary<string, string> SettingsOfTarget() =>
        new() { ["Storage__Provider"] = "Postgres", ["ConnectionStrings__ForeignSystem"] = _target };

    private Task<(int ExitCode, string Output, string Error)> CopyAsync(string? from = null, string? to = null) =>
        Tool.RunAsync(
            "dotnet", [Tool.Server, "copy-to-postgres", "--from", from ?? _old.DatabaseFile], _new.Folder,
            environment: new() { ["ConnectionStrings__ForeignSystem"] = to ?? _target });

    private async Task<string> RefusalAsync(string from, string to)
    {
        var (exitCode, _, error) = await CopyAsync(from, to);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("ForeignGrpc: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        return error;
    }
}
