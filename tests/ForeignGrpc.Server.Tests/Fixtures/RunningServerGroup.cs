namespace ForeignGrpc.Server.Tests;

/// <summary>The tests that share one server; each uses names of its own.</summary>
[CollectionDefinition(Name)]
public sealed class RunningServerGroup : ICollectionFixture<RunningServer>
{
    public const string Name = "running server";
}
