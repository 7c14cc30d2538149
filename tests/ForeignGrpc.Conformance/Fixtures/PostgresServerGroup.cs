namespace ForeignGrpc.Conformance;

/// <summary>The tests that share one server on PostgreSQL; each uses names of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresServerGroup : ICollectionFixture<PostgresServer>
{
    public const string Name = "server on PostgreSQL";
}
