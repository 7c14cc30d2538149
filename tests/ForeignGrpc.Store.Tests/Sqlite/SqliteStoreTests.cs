using System.Text;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using ForeignGrpc.Store.Sqlite;
using ForeignGrpc.Testing;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Tests;

/// <summary>The common promises on SQLite, and those of its own.</summary>
public sealed class SqliteStoreTests : StoreTests
{
    private readonly TemporaryFolder _folder = new();

    private string ConnectionString => $"Data Source={_folder.File("foreign.db")}";

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task DeviceDeletedByAnotherProcess_IsCreatedAgain()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "" });
        var address = new KeyAddress(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", 1), "id");
        await store.SaveKeyAsync(address, "before", new Author("Ada"), default);
        Execute("PRAGMA foreign_keys = ON; DELETE FROM foreign_app;");
        Assert.Null(await store.FindKeyAsync(address, default));

        await store.SaveKeyAsync(address, "after", new Author("Ada"), default);

        Assert.Equal("after", (await store.FindKeyAsync(address, default))?.Value);
    }

    [Fact]
    public async Task BytesThatAreNotUtf8_AreDamage()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "" });
        var address = new KeyAddress(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", 1), "id");
        await store.SaveKeyAsync(address, "x", new Author("Ada"), default);
        Execute("UPDATE foreign_key SET value = CAST(x'FF' AS TEXT);");

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.FindKeyAsync(address, default));

        Assert.Equal(StoreError.Damaged, failure.Error);
    }

    [Fact]
    public async Task TextThatIsNotUnicode_IsRefused_AsOnPostgreSql()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "" });
        var address = new KeyAddress(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", 1), "id");

        await Assert.ThrowsAsync<EncoderFallbackException>(() => store.SaveKeyAsync(address, "\uD800", new Author("Ada"), default));

        Assert.Null(await store.FindKeyAsync(address, default));
    }

    [Fact]
    public async Task Commits_AreFlushedToDisk()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "" });
        using var connection = SqliteDatabase.Open(ConnectionString).ConnectWriter();
        using var statement = connection.Prepare("SELECT synchronous || ' ' || journal_mode FROM pragma_synchronous, pragma_journal_mode");
        using var row = statement.Query();

        Assert.True(row.Read());
        Assert.Equal("2 wal", row.GetString(0));
    }

    [Fact]
    public void NewerSchema_IsRefusedAndLeftUntouched()
    {
        Execute($"PRAGMA user_version = {SqliteDatabase.SchemaVersion + 1}; PRAGMA journal_mode = DELETE;", "newer.db");
        Execute($"PRAGMA application_id = {SqliteDatabase.ApplicationId};", "newer.db");

        Assert.Contains(
            $"schema version {SqliteDatabase.SchemaVersion + 1} of a newer program", RefusalOf("newer.db"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseOfTheFirstVersion_IsBroughtUpToDate_WithWhatItHas()
    {
        using var script = new StreamReader(typeof(SqliteDatabase).Assembly.GetManifestResourceStream("sqlite/0001.sql")!);
        Execute(await script.ReadToEndAsync(), "first.db");
        Execute($"PRAGMA application_id = {SqliteDatabase.ApplicationId}; PRAGMA user_version = 1;", "first.db");
        Execute(
            "INSERT INTO user (name, full_name, role, password_hash, development_only) VALUES ('ada', 'Ada L.', 3, 'hash', 0)", "first.db");

        await using var store = SqliteStore.Open(new StoreOptions { ConnectionString = $"Data Source={_folder.File("first.db")}" }, Time);

        Assert.Equal(new User("ada", "Ada L.", UserRole.Admin, "hash"), await store.FindUserAsync("ada", default));
        Assert.NotNull(
            await store.AddTicketAsync(new NewTicket("ada", "hash", TicketKind.Ticket, [1], Time.GetUtcNow().AddHours(1)), default));
    }

    [Fact]
    public void AnotherProgramsDatabase_IsRefusedAndLeftUntouched()
    {
        Execute("CREATE TABLE mine (x);", "other.db");

        Assert.Contains("another program's", RefusalOf("other.db"), StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatIsNoDatabase_IsRefusedAndLeftUntouched()
    {
        File.WriteAllText(_folder.File("text.db"), new string('x', 5_000));

        Assert.Contains("is not a SQLite database", RefusalOf("text.db"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=/no/such/folder/x.db", "folder")]
    [InlineData("Data Source=:memory:", "must name a file")]
    [InlineData("", "must name a file")]
    [InlineData("Colour=blue", "connection string")]
    public void ConnectionStringThatCannotWork_IsExplained(string connectionString, string because)
    {
        var refusal = Assert.Throws<StoreException>(
            () => SqliteStore.Open(new StoreOptions { ConnectionString = connectionString }, TimeProvider.System));

        Assert.Equal(StoreError.CannotOpen, refusal.Error);
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenedManyTimesAtOnce_IsMigratedOnce()
    {
        var options = new StoreOptions { ConnectionString = $"Data Source={_folder.File("raced.db")}" };

        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => SqliteStore.Open(options, TimeProvider.System))));

        foreach (var store in stores)
        {
            await store.CheckAsync(default);
            await store.DisposeAsync();
        }
    }

    protected override Task<IForeignSystemStore> OpenAsync(StoreOptions options, TimeProvider? time = null) =>
        Task.FromResult<IForeignSystemStore>(SqliteStore.Open(options with { ConnectionString = ConnectionString }, time ?? Time));

    private protected override TimeSpan ProcessorTime(SqlWriteSession session) => ProcessorClock.OfThisThread();

    private protected override SqlWriteSession ConnectWriter() => new(SqliteDatabase.Open(ConnectionString).ConnectWriter(), Time);

    private void Execute(string sql, string file = "foreign.db")
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File(file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string RefusalOf(string file)
    {
        var before = File.ReadAllBytes(_folder.File(file));
        var options = new StoreOptions { ConnectionString = $"Data Source={_folder.File(file)}" };

        var refusal = Assert.Throws<StoreException>(() => SqliteStore.Open(options, TimeProvider.System));

        Assert.Equal(StoreError.CannotOpen, refusal.Error);
        Assert.Equal(before, File.ReadAllBytes(_folder.File(file)));
        return refusal.Message;
    }
}
