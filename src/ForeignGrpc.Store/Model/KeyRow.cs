namespace ForeignGrpc.Store.Model;

/// <summary>A row of the list.</summary>
/// <param name="Values">The columns in the order of <see cref="ListColumn"/>: <see cref="long"/>, <see cref="string"/>,
/// <see cref="DateTimeOffset"/> or null. The table of a key that is bound to no table is 0.</param>
/// <param name="Position">Where the row stands, as <see cref="KeyRowQuery.After"/> takes it: values of
/// <see cref="KeyRowQuery.Position"/>.</param>
public sealed record KeyRow(IReadOnlyList<object?> Values, IReadOnlyList<object?> Position);
