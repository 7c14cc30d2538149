namespace ForeignGrpc.Store.Model;

/// <summary>A condition on the stored record. The transaction that changes the record checks it.</summary>
/// <param name="UnmodifiedSince">The condition fails if the record was updated after this instant, in whole seconds. Null always
/// holds.</param>
public readonly record struct Precondition(DateTimeOffset? UnmodifiedSince)
{
    /// <summary>Whether the condition holds for a record last updated at this instant.</summary>
    public bool Holds(DateTimeOffset updated) =>
        UnmodifiedSince is not { } since || updated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
}
