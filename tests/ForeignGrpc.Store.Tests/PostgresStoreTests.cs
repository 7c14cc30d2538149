using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Store.Tests;

/// <summary>The common promises on PostgreSQL, and those of its own.</summary>
public sealed class PostgresStoreTests : StoreTests
{
    private string _connectionString = "";

    public override async Task InitializeAsync()
    {
        PostgresCluster.SkipIfMissing();
        _connectionString = await (await PostgresCluster.Shared).CreateSchemaAsync();
        await base.InitializeAsync();
    }

    protected override Task<IForeignSystemStore> OpenAsync(StoreOptions options) =>
        Task.FromResult<IForeignSystemStore>(PostgresStore.Open(options with { ConnectionString = _connectionString }, Time));
}
