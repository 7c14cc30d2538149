using ForeignGrpc.Testing;

namespace ForeignGrpc.Conformance;

/// <summary>The call sequences on SQLite.</summary>
public sealed class SqliteCallSequenceTests(SequenceServer server) : CallSequences(server), IClassFixture<SequenceServer>;

/// <summary>The call sequences on PostgreSQL.</summary>
public sealed class PostgresCallSequenceTests(PostgresSequenceServer server) : CallSequences(server), IClassFixture<PostgresSequenceServer>;

/// <summary>A server that also answers below a tenant's prefix.</summary>
public class SequenceServer : ServerProcess
{
    public const string Prefix = "/Cust26759";

    public override Task InitializeAsync()
    {
        Settings["PathBase"] = Prefix;
        return base.InitializeAsync();
    }
}

/// <summary>The same on a PostgreSQL database of its own.</summary>
public sealed class PostgresSequenceServer : SequenceServer
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
