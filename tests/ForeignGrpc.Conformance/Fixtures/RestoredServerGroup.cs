namespace ForeignGrpc.Conformance;

/// <summary>The tests that share one server on a restored database; each uses names of its own.</summary>
[CollectionDefinition(Name)]
public sealed class RestoredServerGroup : ICollectionFixture<RestoredServer>
{
    public const string Name = "server on a restored database";
}
