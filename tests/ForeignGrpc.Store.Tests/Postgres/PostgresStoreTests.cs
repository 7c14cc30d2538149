using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sql;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Store.Tests;

/// <summary>The common promises on PostgreSQL, and those of its own.</summary>
public sealed class PostgresStoreTests : StoreTests
{
    private static readonly Author By = new("Ada");

    private static readonly string[] KeyNames = ["one", "two"];
    private static readonly KeyAddress Key = new(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", 1), "id");

    private PostgresCluster _cluster = null!;
    private string _connectionString = "";

    public override async Task InitializeAsync()
    {
        PostgresCluster.SkipIfMissing();
        _cluster = await PostgresCluster.Shared;
        _connectionString = await _cluster.CreateSchemaAsync();
        await base.InitializeAsync();
    }

    [SkippableFact]
    public async Task WhatAnotherServerDeletes_IsCreatedAgain()
    {
        await using var one = Open();
        await using var other = Open();
        await one.SaveKeyAsync(Key, "before", By, default);
        var app = await other.FindAppAsync("erp", default);
        await other.DeleteAppAsync(app!.Id, default, default);
        Assert.Null(await one.FindKeyAsync(Key, default));

        await one.SaveKeyAsync(Key, "after", By, default);
        await other.DeleteDeviceAsync(Key.Device, default);
        await one.SaveKeyAsync(Key, "last", By, default);

        Assert.Equal("last", (await other.FindKeyAsync(Key, default))?.Value);
        Assert.NotEqual(app.Id, (await one.FindAppAsync("erp", default))!.Id);
    }

    [SkippableFact]
    public async Task WhatAnotherServerRenames_IsSavedUnderItsNewNameOnly()
    {
        await using var one = Open();
        await using var other = Open();
        await one.SaveKeyAsync(Key, "old", By, default);
        await other.SaveDeviceAsync(Key.Device, "renamed", null, By, default);

        await one.SaveKeyAsync(Key, "new", By, default);

        Assert.Equal("old", (await other.FindKeyAsync(Key with { Device = Key.Device with { Device = "renamed" } }, default))?.Value);
        Assert.Equal("new", (await other.FindKeyAsync(Key, default))?.Value);
        var app = await other.FindAppAsync("erp", default);
        await other.SaveAppAsync(new AppSave(app!.Id, "crm", []), By, default, default);
        await one.SaveKeyAsync(Key, "newest", By, default);
        Assert.Equal("new", (await one.FindKeyAsync(Key with { Device = Key.Device with { Application = "crm" } }, default))?.Value);
        Assert.Equal("newest", (await other.FindKeyAsync(Key, default))?.Value);
    }

    [SkippableFact]
    public async Task OldAndNewNameOfARenamedDevice_SavedTogether_AreTwoDevices()
    {
        await using var one = Open();
        await using var other = Open();
        var renamed = Key with { Device = Key.Device with { Identifier = "renamed" } };
        for (var round = 0; round < 20; round++)
        {
            await one.SaveKeyAsync(Key, "before", By, default);
            await other.DeleteDeviceAsync(renamed.Device, default);
            await other.SaveDeviceAsync(Key.Device, null, "renamed", By, default);
            await one.SaveKeyAsync(renamed, "known by both names", By, default);

            await Task.WhenAll(Enumerable.Range(0, 50).Select(
                i => Task.Run(() => one.SaveKeyAsync(i % 3 == 2 ? Key : renamed, i % 3 == 2 ? "old" : "new", By, default))));

            Assert.Equal("new", (await other.FindKeyAsync(renamed, default))?.Value);
            Assert.Equal("old", (await other.FindKeyAsync(Key, default))?.Value);
        }
    }

    [SkippableFact]
    public async Task DatabaseThatBecomesReadOnly_IsNotReady_AnswersReads_AndRecovers()
    {
        var database = await _cluster.CreateDatabaseAsync();
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database).Database;
        await using var store = Open(database);
        await store.SaveKeyAsync(Key, "x", By, default);

        await SetReadOnlyAsync("on");

        Assert.Equal("x", (await store.FindKeyAsync(Key, default))?.Value);
        Assert.Equal(StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(default))).Error);
        Assert.Equal(
            StoreError.Unavailable, (await Assert.ThrowsAsync<StoreException>(() => store.SaveKeyAsync(Key, "y", By, default))).Error);
        Assert.Contains("default_transaction_read_only is on", RefusalOf(database), StringComparison.Ordinal);

        await SetReadOnlyAsync("off");

        await store.CheckAsync(default);
        Assert.Equal("z", (await store.SaveKeyAsync(Key, "z", By, default)).Value);

        // A change that was under way when its session ended may be answered as unsure once; then it goes on.
        async Task SetReadOnlyAsync(string value)
        {
            await _cluster.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = {value}");
            await _cluster.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            await Record.ExceptionAsync(() => store.SaveKeyAsync(Key, "unsure", By, default));
        }
    }

    [SkippableFact]
    public async Task NoTransaction_DeletesMoreThanAStep()
    {
        await using var store = Open();
        await Task.WhenAll(Enumerable.Range(1, 2_500).SelectMany(id => KeyNames.Select(name =>
            store.SaveKeyAsync(Key with { Record = new RecordRef("contact", id), Name = name }, "x", By, default))));
        await _cluster.ExecuteAsync(
            """
            CREATE TABLE deletion (transaction bigint);
            CREATE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql
              AS $$ BEGIN INSERT INTO deletion VALUES (txid_current()); RETURN NULL; END $$;
            CREATE TRIGGER note_deletion AFTER DELETE ON foreign_key FOR EACH ROW EXECUTE FUNCTION note_deletion();
            """,
            _connectionString);
        using var session = ConnectWriter();

        await store.DeleteKeysAsync(new KeyFilter(Key.Device, "one", null, null), default);
        Assert.Equal(2_500, session.Prepared("SELECT count(*) FROM deletion").Number());
        await store.DeleteAppAsync((await store.FindAppAsync("erp", default))!.Id, default, default);
        for (var waited = 0; session.Prepared("SELECT count(*) FROM deletion").Number() != 5_000; waited++)
        {
            Assert.True(waited < 3_000, "The keys of the deleted application are not removed.");
            await Task.Delay(20);
        }

        Assert.InRange(
            session.Prepared("SELECT max(n) FROM (SELECT count(*) AS n FROM deletion GROUP BY transaction) step").Number()!.Value, 1, 500);
    }

    [SkippableFact]
    public async Task WhatIsDeletedInAFile_AndNotYetRemoved_IsRemovedAfterTheCopy()
    {
        using var folder = new TemporaryFolder();
        var options = new StoreOptions { ConnectionString = $"Data Source={folder.File("copied.db")}", RemovedAtOnce = 0 };
        await using (var file = Sqlite.SqliteStore.Open(options, TimeProvider.System))
        {
            await file.SaveKeyAsync(Key, "deleted", By, default);
            await file.DeleteAppAsync((await file.FindAppAsync("erp", default))!.Id, default, default);
            await file.SaveKeyAsync(Key with { Name = "other" }, "stays", By, default);
        }

        var target = await _cluster.CreateSchemaAsync();
        CopyToPostgres.DatabaseCopy.Run(folder.File("copied.db"), target, _ => { }, default);
        await using var store = Open(target);

        Assert.Null(await store.FindKeyAsync(Key, default));
        Assert.Equal("stays", (await store.FindKeyAsync(Key with { Name = "other" }, default))?.Value);
        using var session = new SqlWriteSession(PostgresDatabase.Open(target, 5, 10).ConnectWriter(), Time);
        for (var waited = 0; session.Prepared("SELECT count(*) FROM foreign_key").Number() != 1; waited++)
        {
            Assert.True(waited < 3_000, "The deleted key is not removed.");
            await Task.Delay(20);
        }
    }

    [SkippableFact]
    public async Task Standby_IsRefusedAtStart()
    {
        await using var primary = await PostgresCluster.CreateAsync();
        await using var standby = await primary.CreateStandbyAsync();

        Assert.Contains(
            "is a standby, which accepts no changes; connect to its primary",
            RefusalOf(standby.ConnectionString("postgres")),
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task TheSameNewThings_FromManyServersAtOnce_AreMadeOnce()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        for (var round = 0; round < 20; round++)
        {
            var device = new DeviceAddress($"app {round}", "unit", "");
            Task<StoredKey> SaveAsync(int server, int id)
            {
                var address = new KeyAddress(device, new RecordRef($"table {round}", id), "id");
                return Task.Run(() => stores[server].SaveKeyAsync(
                    address, $"{server}", new Author($"person {id % 3} of {round}"), default));
            }

            await Task.WhenAll(Enumerable.Range(0, stores.Count).SelectMany(
                server => Enumerable.Range(0, 25).Select(id => SaveAsync(server, id))));
            var app = await stores[0].FindAppAsync(device.Application, default);
            Assert.Single(app!.Devices);
            var rows = await stores[1].ListRowsAsync(
                new KeyRowQuery(Is(ListColumn.AppId, Comparison.Equal, (long)app.Id), [], null, 0, 100), default);
            Assert.Equal(25, rows.Count);
            Assert.Single(rows.Select(row => row.Values[(int)ListColumn.TableId]).Distinct());
        }

        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task SaveThatTheDatabaseRefuses_FailsAlone()
    {
        await using var store = Open();
        var random = new Random(1);
        var tooLong = string.Concat(Enumerable.Range(0, 3_000).Select(_ => (char)random.Next('!', '~')));
        var saves = Enumerable.Range(1, 100).Select(id => (Id: id, Save: store.SaveKeyAsync(
            Key with { Record = new RecordRef("contact", id), Name = id % 10 == 0 ? tooLong : "id" }, "x", By, default))).ToArray();

        foreach (var (id, save) in saves)
        {
            if (id % 10 == 0)
            {
                await Assert.ThrowsAnyAsync<Npgsql.PostgresException>(() => save);
            }
            else
            {
                Assert.Equal("x", (await save).Value);
            }
        }
    }

    [SkippableFact]
    public async Task OpenedManyTimesAtOnce_IsMigratedOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            var fresh = await _cluster.CreateSchemaAsync();

            var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Open(fresh))));

            foreach (var store in stores)
            {
                await store.CheckAsync(default);
                await store.DisposeAsync();
            }
        }
    }

    [SkippableFact]
    public async Task BrokenConnections_AreReplaced()
    {
        var name = $"broken {Guid.NewGuid():N}";
        await using var store = Open($"{_connectionString};Application Name={name}");
        await store.SaveKeyAsync(Key, "before", By, default);
        await store.CheckAsync(default);
        await _cluster.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'");

        Assert.Equal("before", (await store.FindKeyAsync(Key, default))?.Value);
        await store.DeleteKeysAsync(new KeyFilter(Key.Device, "none", null, null), default);
        var unsure = await Record.ExceptionAsync(() => store.SaveKeyAsync(Key, "lost?", By, default));
        Assert.True(unsure is null or StoreException { Error: StoreError.Unavailable });

        Assert.Equal("after", (await store.SaveKeyAsync(Key, "after", By, default)).Value);
    }

    [SkippableFact]
    public void DatabaseWhereCommitsAreNotFlushed_IsFlushedAllTheSame()
    {
        using var connection = PostgresDatabase.Open($"{_connectionString};Options=-c synchronous_commit=off", 5, 10).ConnectWriter();
        using var statement = connection.Prepare("SHOW synchronous_commit");
        using var row = statement.Query();

        Assert.True(row.Read());
        Assert.Equal("on", row.GetString(0));
    }

    [SkippableFact]
    public async Task NewerSchema_IsRefused()
    {
        await _cluster.ExecuteAsync($"UPDATE foreigngrpc_schema SET version = {PostgresDatabase.SchemaVersion + 1}", _connectionString);

        Assert.Contains(
            $"schema version {PostgresDatabase.SchemaVersion + 1} of a newer program",
            RefusalOf(_connectionString),
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task DatabaseInAnotherEncoding_IsRefused()
    {
        await _cluster.ExecuteAsync(
            "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");

        var latin = _connectionString.Replace("Database=postgres", "Database=latin", StringComparison.Ordinal);
        Assert.Contains("'latin' on 127.0.0.1 has the encoding LATIN1", RefusalOf(latin), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Database=postgres", "Database=nowhere", "'nowhere' on 127.0.0.1 does not exist")]
    [InlineData("Port=", "Port=1;Command Timeout=", "cannot be reached")]
    [InlineData("Host=127.0.0.1", "Host=", "must name a server")]
    [InlineData("Host=", "Colour=", "is not valid for PostgreSQL")]
    [InlineData("Port=", "Port=none", "is not valid for PostgreSQL")]
    public void ConnectionStringThatCannotWork_IsExplained(string part, string otherwise, string because) =>
        Assert.Contains(because, RefusalOf(_connectionString.Replace(part, otherwise, StringComparison.Ordinal)), StringComparison.Ordinal);

    protected override Task<IForeignSystemStore> OpenAsync(StoreOptions options, TimeProvider? time = null) =>
        Task.FromResult<IForeignSystemStore>(PostgresStore.Open(options with { ConnectionString = _connectionString }, time ?? Time));

    private protected override TimeSpan ProcessorTime(SqlWriteSession session) =>
        ProcessorClock.OfProcess((int)session.Prepared("SELECT pg_backend_pid()").Number()!.Value);

    private protected override SqlWriteSession ConnectWriter() =>
        new(PostgresDatabase.Open(_connectionString, 5, 10).ConnectWriter(), Time);

    private static string RefusalOf(string connectionString)
    {
        var refusal = Assert.Throws<StoreException>(
            () => PostgresStore.Open(new StoreOptions { ConnectionString = $"{connectionString};Password=S3cret" }, TimeProvider.System));

        Assert.Equal(StoreError.CannotOpen, refusal.Error);
        Assert.DoesNotContain("S3cret", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    private PostgresStore Open(string? connectionString = null) =>
        PostgresStore.Open(new StoreOptions { ConnectionString = connectionString ?? _connectionString }, TimeProvider.System);
}
