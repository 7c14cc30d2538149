namespace ForeignGrpc.Conformance;

/// <summary>The tests that share three servers on one database; each uses names of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ThreeServersGroup : ICollectionFixture<ThreeServers>
{
    public const string Name = "three servers on one database";
}
