using System.Diagnostics;
using System.Runtime.Versioning;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sqlite;
using ForeignGrpc.Testing;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Tests;

/// <summary>The database file and what lies beside it: who may use it, backups, restores, permissions, and the size of its log.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SqliteFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    private string Database => _folder.File("foreign.db");

    private string Copy => _folder.File("copy.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_HasOneServer_UnderWhateverNameItIsOpened()
    {
        Directory.CreateSymbolicLink(_folder.File("linked"), Path.GetDirectoryName(Database)!);
        await using (var server = Open())
        {
            File.CreateSymbolicLink(_folder.File("link.db"), Database);
            string[] names =
            [
                Database,
                _folder.File("link.db"),
                _folder.File("linked/foreign.db"),
                Path.GetRelativePath(Environment.CurrentDirectory, Database),
            ];
            foreach (var name in names)
            {
                Assert.Contains("is in use; stop its server first", RefusalOf(() => Open(name)), StringComparison.Ordinal);
                Assert.Contains("is in use; stop its server first", RefusalOf(() => Restore(name)), StringComparison.Ordinal);
            }

            if (OperatingSystem.IsLinux())
            {
                Assert.Contains($"(process {Environment.ProcessId})", RefusalOf(() => Open()), StringComparison.Ordinal);
            }

            await using var verb = Open(isAlone: false);
            await verb.CheckAsync(default);
            Assert.Equal(0, SqliteBackup.Write($"Data Source={Database}", _folder.File("beside.db"), _ => { }));
        }

        await using var next = Open();
        await next.CheckAsync(default);
    }

    [Fact]
    public async Task OfServersStartedAtOnce_OneLives()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            try
            {
                return Open();
            }
            catch (StoreException e) when (e.Error == StoreError.CannotOpen)
            {
                return null;
            }
        })));

        await using var one = Assert.Single(starts, store => store is not null);
        await one!.CheckAsync(default);
    }

    [SkippableFact]
    public async Task FileWithSeveralNames_IsRefused()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux tells how many names a file has.");
        await Open().DisposeAsync();
        using (var link = Process.Start("ln", [Database, _folder.File("other.db")]))
        {
            await link.WaitForExitAsync();
        }

        Assert.Contains("has 2 names (hard links)", RefusalOf(() => Open(_folder.File("other.db"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogOfADatabaseThatIsGone_IsNotTakenForTheNextOnes()
    {
        await SaveAsync(1);
        SqliteBackup.Write($"Data Source={Database}", Copy, _ => { });
        var log = await LeaveLogAsync(2);
        File.Move(Database, _folder.File("away.db"));

        Assert.Contains("but its log", RefusalOf(() => Open()), StringComparison.Ordinal);
        Assert.False(File.Exists(Database));
        await File.WriteAllTextAsync(Database + "-journal", "what was left");
        var (keys, leftovers) = SqliteBackup.Restore($"Data Source={Database}", Copy, _ => { });

        Assert.Equal(1, keys);
        Assert.Equal([Database + ".before-restore-wal", Database + ".before-restore-journal"], leftovers);
        Assert.Equal(log, await File.ReadAllBytesAsync(leftovers[0]));
        Assert.Equal(["v1"], await ReadAsync(Database));

        // With its log the database that was moved away is whole.
        File.Move(leftovers[0], _folder.File("away.db-wal"));
        Assert.Equal(["v1", "v2"], await ReadAsync(_folder.File("away.db")));
    }

    [Fact]
    public async Task EmptyFileBesideALog_IsNoDatabaseToBegin()
    {
        await LeaveLogAsync(1);
        await File.WriteAllTextAsync(Database, "");

        Assert.Contains("but its log", RefusalOf(() => Open()), StringComparison.Ordinal);
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
    }

    [Fact]
    public async Task BackupWithALogOfItsOwn_IsRestoredWithWhatIsInTheLog()
    {
        await SaveAsync(1);
        await LeaveLogAsync(2);
        File.Move(Database, Copy);
        File.Move(Database + "-wal", Copy + "-wal");
        var before = Directory.GetFiles(Path.GetDirectoryName(Copy)!, "copy*").Select(File.ReadAllBytes).ToArray();

        Assert.Equal(2, Restore().Keys);

        Assert.Equal(["v1", "v2"], await ReadAsync(Database));
        Assert.Equal(before, Directory.GetFiles(Path.GetDirectoryName(Copy)!, "copy*").Select(File.ReadAllBytes));
    }

    [Fact]
    public async Task Restored_TakesThePlaceOfWhatALinkLeadsTo()
    {
        await SaveAsync(1);
        SqliteBackup.Write($"Data Source={Database}", Copy, _ => { });
        await SaveAsync(2);
        File.CreateSymbolicLink(_folder.File("link.db"), Database);

        Assert.Equal(1, Restore(_folder.File("link.db")).Keys);

        Assert.Equal(Database, new FileInfo(_folder.File("link.db")).LinkTarget);
        Assert.Equal(["v1"], await ReadAsync(Database));
        Assert.Equal(["v1", "v2"], await ReadAsync(Database + ".before-restore"));
    }

    [Fact]
    public async Task RestoredDatabase_IsReadBeforeAServerHasOpenedIt()
    {
        Restore();

        await using var store = SqliteStore.Open(
            new StoreOptions { ConnectionString = $"Data Source={Database}", Prepares = false }, TimeProvider.System);

        Assert.Empty(await store.ListUsersAsync(default));
        await store.AddUserAsync(new User("ada", "Ada L.", UserRole.Admin, "hash"), default);
    }

    [Fact]
    public async Task RestoreOfItself_OrOverAnotherProgramsDatabase_IsRefused()
    {
        await SaveAsync(1);
        File.CreateSymbolicLink(_folder.File("link.db"), Database);
        Assert.Contains("is the database itself", RefusalOf(() => Restore(Database, _folder.File("link.db"))), StringComparison.Ordinal);
        Execute(_folder.File("other.db"), "CREATE TABLE invoice (id INTEGER)");
        var before = await File.ReadAllBytesAsync(_folder.File("other.db"));

        Assert.Contains("another program's", RefusalOf(() => Restore(_folder.File("other.db"), Database)), StringComparison.Ordinal);

        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File("other.db")));
    }

    [Theory]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("-journal")]
    public async Task BackupBesideALeftover_IsRefused(string part)
    {
        await SaveAsync(1);
        await File.WriteAllTextAsync(Copy + part, "of another");

        var refusal = RefusalOf(() => SqliteBackup.Write($"Data Source={Database}", Copy, _ => { }));
        Assert.Contains($"copy.db{part}' already", refusal, StringComparison.Ordinal);
        Assert.False(File.Exists(Copy));
    }

    [Fact]
    public async Task Files_AreTheirOwnersAlone()
    {
        await using (var server = Open())
        {
            await server.SaveKeyAsync(Address(1), "v1", new Author("Ada"), default);
            SqliteBackup.Write($"Data Source={Database}", Copy, _ => { });
            AssertOwners("foreign.db", "foreign.db-wal", "foreign.db-shm", "foreign.db.lock", "copy.db");
        }

        // One with wider permissions keeps them, and the server says so; copies of it are the owner's.
        File.SetUnixFileMode(Database, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var warnings = new List<string>();
        await Open(warn: warnings.Add).DisposeAsync();
        Assert.Contains($"'{Database}'", Assert.Single(warnings), StringComparison.Ordinal);
        Restore();
        AssertOwners("foreign.db", "foreign.db.before-restore");
    }

    [Fact]
    public async Task WhatAKilledProgramLeft_IsRemovedByTheNext_ButNotWhatIsBeingWritten()
    {
        const string Partial = ".foreigngrpc.partial";
        await SaveAsync(1);
        foreach (var act in new Func<Task>[]
        {
            () => Task.FromResult(SqliteBackup.Write($"Data Source={Database}", Copy, _ => { })),
            () => Task.FromResult(Restore()),
            async () => await Open().DisposeAsync(),
        })
        {
            File.WriteAllText(_folder.File("monday.db" + Partial), "half");
            File.WriteAllText(_folder.File("monday.db" + Partial + "-journal"), "half");
            File.WriteAllText(_folder.File("film.partial"), "another program's");
            using var written = PartialFile.Create(_folder.File("tuesday.db"));

            await act();

            var left = Directory.GetFiles(Path.GetDirectoryName(Database)!, "*partial*").Select(Path.GetFileName).Order();
            Assert.Equal(["film.partial", "tuesday.db" + Partial], left);
        }
    }

    [Fact]
    public async Task WhatOnlyReads_CreatesNothing()
    {
        var options = new StoreOptions { ConnectionString = $"Data Source={Database}", Prepares = false };
        Assert.Contains(
            $"There is no database file '{Database}'",
            RefusalOf(() => SqliteStore.Open(options, TimeProvider.System)),
            StringComparison.Ordinal);
        RefusalOf(() => SqliteBackup.Write($"Data Source={Database}", Copy, _ => { }));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(Database)!));

        await SaveAsync(1);
        File.Delete(Database + ".lock");
        await SqliteStore.Open(options, TimeProvider.System).DisposeAsync();
        SqliteBackup.Write($"Data Source={Database}", Copy, _ => { });
        Assert.Equal(["copy.db", "foreign.db"], Directory.GetFiles(Path.GetDirectoryName(Database)!).Select(Path.GetFileName).Order());

        Execute(Database, "PRAGMA user_version = 1; PRAGMA journal_mode = DELETE");
        var before = await File.ReadAllBytesAsync(Database);
        Assert.Contains(
            "schema version 1, of an older program",
            RefusalOf(() => SqliteStore.Open(options, TimeProvider.System)),
            StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
    }

    [Fact]
    public async Task Log_IsCutWhenTheReadThatKeptItHasEnded()
    {
        const int Limit = 20 * 1024 * 1024;
        await using var server = Open();
        var value = new string('v', 8_000);
        using (var other = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            using var reading = other.BeginTransaction(deferred: true);
            using var command = other.CreateCommand();
            command.CommandText = "SELECT count(*) FROM foreign_key";
            Assert.Equal(0L, command.ExecuteScalar());
            for (var i = 0; i < 6_000; i += 500)
            {
                await Task.WhenAll(
                    Enumerable.Range(i, 500).Select(record => server.SaveKeyAsync(Address(record), value, new Author("Ada"), default)));
            }

            Assert.True(new FileInfo(Database + "-wal").Length > 2 * Limit);
        }

        for (var i = 0; i < 3; i++)
        {
            await server.SaveKeyAsync(Address(i), "short", new Author("Ada"), default);
        }

        Assert.InRange(new FileInfo(Database + "-wal").Length, 0, Limit);
    }

    [SkippableTheory]
    [InlineData("mv foreign.db away.db")]
    [InlineData("rm foreign.db")]
    [InlineData("cp copy.db other.db && mv other.db foreign.db")]
    [InlineData("cp copy.db foreign.db")]
    [InlineData("mv foreign.db away.db && cp away.db foreign.db")]
    [InlineData("rm foreign.db-wal")]
    [InlineData(": > foreign.db")]
    public async Task FileReplacedUnderTheServer_EndsReadsAndWrites(string command)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux tells which file it is.");
        await Open(Copy).DisposeAsync();
        var warnings = new List<(string Text, string? Thread)>();
        await using var server = Open(warn: text => warnings.Add((text, Thread.CurrentThread.Name)));
        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(Enumerable.Range(i * 1_000, 1_000).Select(
                record => server.SaveKeyAsync(Address(record), new string('v', 5_000), new Author("Ada"), default)));
        }

        var run = new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = Path.GetDirectoryName(Database) };
        using (var shell = Process.Start(run)!)
        {
            await shell.WaitForExitAsync();
            Assert.Equal(0, shell.ExitCode);
        }

        foreach (var act in new Func<Task>[]
        {
            () => server.SaveKeyAsync(Address(1), "new", new Author("Ada"), default),
            () => server.FindKeyAsync(Address(1), default).AsTask(),
            () => server.CheckAsync(default),
        })
        {
            Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(act)).Error);
        }

        await server.DisposeAsync();
        var warning = Assert.Single(warnings);
        Assert.Contains($"'{Database}'", warning.Text, StringComparison.Ordinal);
        Assert.NotEqual("store writer", warning.Thread);
    }

    private static KeyAddress Address(int record) => new(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", record), "id");

    private static string RefusalOf(Func<object> act) => RefusalOf(() => { _ = act(); });

    private static string RefusalOf(Action act)
    {
        var refusal = Assert.Throws<StoreException>(act);
        Assert.Equal(StoreError.CannotOpen, refusal.Error);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<List<string>> ReadAsync(string database)
    {
        await using var store = SqliteStore.Open(new StoreOptions { ConnectionString = $"Data Source={database}" }, TimeProvider.System);
        var values = new List<string>();
        await foreach (var page in store.ListKeysAsync(new KeyQuery("erp"), default))
        {
            values.AddRange(page.Select(key => key.Value));
        }

        return values;
    }

    private SqliteStore Open(string? file = null, bool isAlone = true, Action<string>? warn = null)
    {
        var options = new StoreOptions { ConnectionString = $"Data Source={file ?? Database}", IsAlone = isAlone };
        return SqliteStore.Open(options with { Warn = warn ?? options.Warn }, TimeProvider.System);
    }

    /// <summary>Restores a database from a backup. By default that is <see cref="Copy"/>, which is made when it is missing.</summary>
    private (long Keys, IReadOnlyList<string> Leftovers) Restore(string? database = null, string? backup = null)
    {
        if (backup is null && !File.Exists(Copy))
        {
            SqliteDatabase.Open($"Data Source={Copy}");
        }

        return SqliteBackup.Restore($"Data Source={database ?? Database}", backup ?? Copy, _ => { });
    }

    private async Task SaveAsync(int record)
    {
        await using var store = Open();
        await store.SaveKeyAsync(Address(record), $"v{record}", new Author("Ada"), default);
    }

    /// <summary>Saves a key and leaves it in the log, as a server does that is killed; returns the log.</summary>
    private async Task<byte[]> LeaveLogAsync(int record)
    {
        byte[] database, log;
        await using (var store = Open())
        {
            await store.SaveKeyAsync(Address(record), $"v{record}", new Author("Ada"), default);
            database = await File.ReadAllBytesAsync(Database);
            log = await File.ReadAllBytesAsync(Database + "-wal");
        }

        await File.WriteAllBytesAsync(Database, database);
        await File.WriteAllBytesAsync(Database + "-wal", log);
        return log;
    }

    private void AssertOwners(params string[] files) =>
        Assert.All(files, file => Assert.Equal(Owner, File.GetUnixFileMode(_folder.File(file))));
}
