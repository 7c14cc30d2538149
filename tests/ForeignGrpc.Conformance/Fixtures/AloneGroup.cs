namespace ForeignGrpc.Conformance;

/// <summary>Tests that time the server, and so run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneGroup
{
    public const string Name = "alone";
}
