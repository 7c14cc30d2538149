using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>A server on a PostgreSQL database of its own.</summary>
public sealed class PostgresServer : ServerProcess
{
    public override string? Missing => MissingPostgres;

    public override async Task InitializeAsync()
    {
        if (Missing is null)
        {
            UsePostgres(await (await PostgresCluster.Shared).CreateDatabaseAsync());
            await base.InitializeAsync();
        }
    }
}
