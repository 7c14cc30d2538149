using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sql;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Store.Tests;

/// <summary>
/// The common promises by way of pgbouncer in transaction mode, where each transaction may get another of two sessions, and those of its
/// own.
/// </summary>
public sealed class PgBouncerStoreTests : StoreTests
{
    private static readonly Author By = new("Ada");

    private PostgresCluster _cluster = null!;
    private PgBouncer _bouncer = null!;
    private string _database = "";

    public override async Task InitializeAsync()
    {
        PgBouncer.SkipIfMissing();
        _cluster = await PostgresCluster.Shared;
        _bouncer = await PgBouncer.StartAsync(_cluster, "transaction", poolSize: 2);
        _database = await _cluster.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        if (_bouncer is not null)
        {
            await base.DisposeAsync();
            await _bouncer.DisposeAsync();
        }
    }

    [SkippableTheory]
    [InlineData("transaction", 2)]
    [InlineData("transaction", 20)]
    [InlineData("session", 100)]
    public async Task SeveralServers_SeeWhatTheOthersDo(string mode, int poolSize)
    {
        await using var bouncer = await PgBouncer.StartAsync(_cluster, mode, poolSize);
        var stores = Enumerable.Range(0, 3).Select(_ => Open(bouncer.Via(_database))).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 24).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var (device, other) = (new DeviceAddress($"app {i % 5}", $"unit {client}", ""), stores[(client + i) % 3]);
                var key = new KeyAddress(device, new RecordRef($"table {i % 7}", i), "id");
                await stores[client % 3].SaveKeyAsync(key, $"{client}.{i}", By, default);
                Assert.Equal($"{client}.{i}", (await other.FindKeyAsync(key, default))?.Value);
                await other.SaveDeviceAsync(device, null, "renamed", By, default);
                Assert.Null(await stores[client % 3].FindKeyAsync(key, default));
                await stores[client % 3].DeleteDeviceAsync(device with { Identifier = "renamed" }, default);
            }
        })));

        foreach (var store in stores)
        {
            await store.CheckAsync(default);
            await store.DisposeAsync();
        }
    }

    [SkippableTheory]
    [InlineData("transaction")]
    [InlineData("session")]
    public async Task ChangesAreFlushed_AndLimited_WhateverTheDatabasesDefaultIs(string mode)
    {
        await _cluster.ExecuteAsync(
            $"ALTER DATABASE {new Npgsql.NpgsqlConnectionStringBuilder(_database).Database} SET synchronous_commit = off");
        await using var bouncer = await PgBouncer.StartAsync(_cluster, mode, poolSize: 10);
        using var connection = PostgresDatabase.Open(bouncer.Via(_database), 5, 10).ConnectWriter();
        using var settings = connection.Prepare(
            "SELECT current_setting('synchronous_commit'), current_setting('lock_timeout'), current_setting('statement_timeout')");

        connection.BeginChanges(100);
        using (var row = settings.Query())
        {
            Assert.True(row.Read());
            Assert.Equal(("on", "100ms", "10s"), (row.GetString(0), row.GetString(1), row.GetString(2)));
        }

        connection.Commit();
        using var after = settings.Query();
        Assert.True(after.Read());
        Assert.Equal("off", after.GetString(0));
    }

    [SkippableFact]
    public async Task StatementMode_IsRefused_WithTheSettingToChange()
    {
        await using var bouncer = await PgBouncer.StartAsync(_cluster, "statement", poolSize: 10);

        var refusal = Assert.Throws<StoreException>(() => Open(bouncer.Via(_database)));

        Assert.Equal(StoreError.CannotOpen, refusal.Error);
        Assert.Contains("set its pool_mode to transaction or session", refusal.Message, StringComparison.Ordinal);
    }

    protected override Task<IForeignSystemStore> OpenAsync(StoreOptions options, TimeProvider? time = null) =>
        Task.FromResult<IForeignSystemStore>(PostgresStore.Open(options with { ConnectionString = _bouncer.Via(_database) }, time ?? Time));

    /// <summary>Of all server processes of this test's database, as each transaction may use another.</summary>
    private protected override TimeSpan ProcessorTime(SqlWriteSession session)
    {
        using var row = session.Prepared("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").Query();
        var sum = TimeSpan.Zero;
        while (row.Read())
        {
            sum += ProcessorClock.OfProcess(row.GetInt32(0));
        }

        return sum;
    }

    private protected override SqlWriteSession ConnectWriter() =>
        new(PostgresDatabase.Open(_bouncer.Via(_database), 5, 10).ConnectWriter(), Time);

    private static PostgresStore Open(string connectionString) =>
        PostgresStore.Open(new StoreOptions { ConnectionString = connectionString }, TimeProvider.System);
}
