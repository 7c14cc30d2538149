using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Testing;
using Npgsql;

namespace ForeignGrpc.Store.Tests;

/// <summary>
/// Another session of the database holds a lock: what needs it waits by itself and is refused in the end, everything else goes on.
/// </summary>
public sealed class PostgresLockTests : IAsyncLifetime
{
    private static readonly Author By = new("Ada");

    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
    private static readonly KeyAddress Locked = new(new DeviceAddress("locked", "locked", ""), new RecordRef("contact", 1), "locked");

    private string _connectionString = "";

    public async Task InitializeAsync()
    {
        PostgresCluster.SkipIfMissing();
        _connectionString = await (await PostgresCluster.Shared).CreateSchemaAsync();
        await using var store = Open(5);
        await store.SaveKeyAsync(Locked, "before", By, default);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => store.SaveKeyAsync(Other(i), "before", By, default)));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Locks() =>
    [
        "SELECT 1 FROM foreign_key WHERE name = 'locked' FOR UPDATE",
        "SELECT 1 FROM foreign_device WHERE name = 'locked' FOR UPDATE",
        "SELECT 1 FROM foreign_app WHERE name = 'locked' FOR UPDATE",
        "UPDATE foreign_app SET name = 'renamed' WHERE name = 'locked'",
        "DELETE FROM foreign_device WHERE name = 'locked'",
        """
        DELETE FROM foreign_app WHERE name = 'locked';
        INSERT INTO foreign_app (name, created_at, created_by, updated_at, updated_by) VALUES ('locked', 1, 1, 1, 1)
        """,
        "DELETE FROM foreign_key WHERE name = 'locked'",
    ];

    [SkippableTheory]
    [MemberData(nameof(Locks))]
    public async Task SavesOfOthers_GoOnWhileALockIsHeld_AndThoseThatWaitAreDoneAfterIt(string statement)
    {
        await using var store = Open(lockSeconds: 600);
        var locked = await LockAsync(statement);

        var waiting = Enumerable.Range(0, 40).Select(i => store.SaveKeyAsync(Locked, $"{i}", By, default)).ToArray();
        var others = Enumerable.Range(0, 1_000).Select(i => store.SaveKeyAsync(Other(i), "after", By, default)).ToArray();

        Assert.All(await Task.WhenAll(others).WaitAsync(Generous), saved => Assert.Equal("after", saved.Value));
        Assert.DoesNotContain(waiting, save => save.IsCompleted);
        Assert.Equal("before", (await store.FindKeyAsync(Locked, default))!.Value);
        await store.CheckAsync(default).WaitAsync(Generous);

        await locked.DisposeAsync();

        await Task.WhenAll(waiting).WaitAsync(Generous);
        Assert.NotEqual("before", (await store.FindKeyAsync(Locked, default))!.Value);
    }

    [SkippableTheory]
    [MemberData(nameof(Locks))]
    public async Task SaveThatWaitsTooLong_IsRefused_AndNothingIsChanged(string statement)
    {
        await using var store = Open(lockSeconds: 1);
        await using var locked = await LockAsync(statement);

        var refused = await Assert.ThrowsAsync<StoreException>(() => store.SaveKeyAsync(Locked, "never", By, default).WaitAsync(Generous));

        Assert.Equal(StoreError.Contended, refused.Error);
        Assert.Contains("holds a lock", refused.Message, StringComparison.Ordinal);
        await locked.DisposeAsync();
        Assert.Equal("before", (await store.FindKeyAsync(Locked, default))!.Value);
    }

    [SkippableFact]
    public async Task ChangesOfOtherApplications_GoOnWhileALockIsHeld()
    {
        await using var store = Open(lockSeconds: 600);
        var app = (await store.FindAppAsync("locked", default))!;
        var locked = await LockAsync("SELECT 1 FROM foreign_app WHERE name = 'locked' FOR UPDATE");

        var waiting = Enumerable.Range(0, 40).Select(i => (Task)(i % 2 == 0
            ? store.SaveAppAsync(new AppSave(app.Id, "locked", []), By, default, default)
            : store.SaveDeviceAsync(new DeviceAddress("locked", $"new {i}", ""), null, null, By, default))).ToArray();
        var others = Enumerable.Range(0, 100).Select(i => store.SaveDeviceAsync(Other(i).Device, null, "renamed", By, default)).ToArray();

        await Task.WhenAll(others).WaitAsync(Generous);
        await store.DeleteKeysAsync(new KeyFilter(Other(1).Device, "id", null, null), default).WaitAsync(Generous);
        Assert.DoesNotContain(waiting, change => change.IsCompleted);
        await locked.DisposeAsync();
        await Task.WhenAll(waiting).WaitAsync(Generous);
    }

    [SkippableTheory]
    [InlineData("LOCK TABLE foreign_key IN EXCLUSIVE MODE")]
    [InlineData("LOCK TABLE foreign_device IN SHARE MODE")]
    [InlineData("LOCK TABLE foreign_app IN ACCESS EXCLUSIVE MODE")]
    public async Task LockedTable_MakesTheStoreNotReady_UntilItIsReleased(string statement)
    {
        await using var store = Open(lockSeconds: 1);
        var locked = await LockAsync(statement);

        Assert.Equal(
            StoreError.Contended, (await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(default).WaitAsync(Generous))).Error);
        await locked.DisposeAsync();

        await store.CheckAsync(default).WaitAsync(Generous);
        Assert.Equal("after", (await store.SaveKeyAsync(Other(1), "after", By, default)).Value);
    }

    [SkippableFact]
    public void StatementThatTakesTooLong_IsStopped()
    {
        var database = PostgresDatabase.Open(_connectionString, lockSeconds: 1, statementSeconds: 1);
        foreach (var connection in new[] { database.ConnectReader(TimeSpan.Zero), database.ConnectWriter() })
        {
            using (connection)
            {
                using var statement = connection.Prepare("SELECT 1 FROM pg_sleep(600)");
                var stopped = Assert.Throws<PostgresException>(() => statement.Query());
                var refused = Assert.IsType<StoreException>(PostgresErrors.Translate(stopped));

                Assert.Equal(StoreError.Contended, refused.Error);
                Assert.Contains("Storage:StatementSeconds", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    private static KeyAddress Other(int i) =>
        new(new DeviceAddress($"other {i % 10}", $"unit {i % 100}", ""), new RecordRef("contact", i / 100), "id");

    private PostgresStore Open(int lockSeconds) =>
        PostgresStore.Open(new StoreOptions { ConnectionString = _connectionString, LockSeconds = lockSeconds }, TimeProvider.System);

    /// <summary>Runs the statement in a transaction, which is rolled back when the connection is disposed.</summary>
    private async Task<NpgsqlConnection> LockAsync(string statement)
    {
        var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
