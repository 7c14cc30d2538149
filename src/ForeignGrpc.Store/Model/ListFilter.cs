namespace ForeignGrpc.Store.Model;

/// <summary>
/// A condition on rows of the list. Missing values follow OData: a comparison is true or false, where null equals null alone and is
/// neither less nor greater than anything; a text function of a missing value is neither true nor false, and so is its negation.
/// </summary>
public abstract record ListFilter
{
    /// <summary>All of the conditions, two at least.</summary>
    public sealed record And(IReadOnlyList<ListFilter> Filters) : ListFilter;

    /// <summary>One of the conditions at least, of two at least.</summary>
    public sealed record Or(IReadOnlyList<ListFilter> Filters) : ListFilter;

    /// <summary>Not the condition.</summary>
    public sealed record Not(ListFilter Inner) : ListFilter;

    /// <summary>The condition is true; else this is false, also where the condition is neither.</summary>
    public sealed record IsTrue(ListFilter Inner) : ListFilter;

    /// <summary>The condition is neither true nor false: it has a text function of a missing value.</summary>
    public sealed record IsNull(ListFilter Inner) : ListFilter;

    /// <summary>All rows, or none.</summary>
    public sealed record Constant(bool Value) : ListFilter;

    /// <summary>The values, which are of one type, compare so.</summary>
    public sealed record Compare(ListValue Left, Comparison How, ListValue Right) : ListFilter;

    /// <summary>The value is one of these, which are different and one at least.</summary>
    public sealed record OneOf(ListValue Value, IReadOnlyList<object> Values) : ListFilter;
}
