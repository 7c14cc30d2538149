namespace ForeignGrpc.Store.Model;

/// <summary>A row of the list.</summary>
/// <param name="Values">The values of all columns in the order of <see cref="ListColumn"/>: <see cref="long"/>, <see cref="string"/>,
/// <see cref="DateTimeOffset"/> or null. The table id of a key of no table is 0.</param>
/// <param name="Position">The position of the row, for <see cref="KeyRowQuery.After"/>: the values of the columns of
/// <see cref="KeyRowQuery.Position"/>.</param>
public sealed record KeyRow(IReadOnlyList<object?> Values, IReadOnlyList<object?> Position)
{
    /// <summary>About how many bytes the row takes in memory, or on the wire if that is more.</summary>
    public long Bytes { get; } = Values.Sum(value => 32L + (value is string text ? TextSize.Of(text) : 0));
}
