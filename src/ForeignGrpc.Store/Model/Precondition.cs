namespace ForeignGrpc.Store.Model;

/// <summary>A condition on what is stored now, checked in the transaction that changes it.</summary>
/// <param name="UnmodifiedSince">Fails when it was updated after this instant, by whole seconds; null always holds.</param>
public readonly record struct Precondition(DateTimeOffset? UnmodifiedSince)
{
    /// <summary>Whether something last updated then may be changed.</summary>
    public bool Holds(DateTimeOffset updated) =>
        UnmodifiedSince is not { } since || updated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
}
