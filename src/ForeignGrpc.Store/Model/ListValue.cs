namespace ForeignGrpc.Store.Model;

/// <summary>
/// What a condition on rows of the list compares: a number (<see cref="long"/>), a text (<see cref="string"/>) or a date
/// (<see cref="DateTimeOffset"/>), which may be missing.
/// </summary>
public abstract record ListValue
{
    /// <summary>What the column has in the row.</summary>
    public sealed record Column(ListColumn Name) : ListValue;

    /// <summary>The same for each row; null is missing.</summary>
    public sealed record Constant(object? Value) : ListValue;

    /// <summary>A function of values; where one of them is missing, so is the result.</summary>
    public sealed record Apply(ListFunction Function, params IReadOnlyList<ListValue> Values) : ListValue;
}
