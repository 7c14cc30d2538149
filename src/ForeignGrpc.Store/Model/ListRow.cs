namespace ForeignGrpc.Store.Model;

/// <summary>A row of the list.</summary>
/// <param name="Values">The columns in the order of <see cref="ListColumn"/>: <see cref="long"/>, <see cref="string"/>,
/// <see cref="DateTimeOffset"/> or null. The table of keys that are bound to none is 0.</param>
/// <param name="Position">Where it stands, to go on from there.</param>
public sealed record ListRow(IReadOnlyList<object?> Values, ListPosition Position);
