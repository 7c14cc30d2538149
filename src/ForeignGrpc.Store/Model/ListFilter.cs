namespace ForeignGrpc.Store.Model;

/// <summary>
/// A condition on rows of the list. Values are <see cref="long"/>, <see cref="string"/> or <see cref="DateTimeOffset"/>, as the column is.
/// Missing values follow OData: `eq` and the orders are false, `ne` is true, a text function is neither and so is its negation.
/// </summary>
public abstract record ListFilter
{
    /// <summary>All of the conditions, two at least.</summary>
    public sealed record And(IReadOnlyList<ListFilter> Filters) : ListFilter;

    /// <summary>One of the conditions at least, of two at least.</summary>
    public sealed record Or(IReadOnlyList<ListFilter> Filters) : ListFilter;

    /// <summary>Not the condition.</summary>
    public sealed record Not(ListFilter Inner) : ListFilter;

    /// <summary>There is no value: no device, or no key.</summary>
    public sealed record IsNull(ListColumn Column) : ListFilter;

    /// <summary>The column compares so with the value.</summary>
    public sealed record Compare(ListColumn Column, Comparison How, object Value) : ListFilter;

    /// <summary>The column is one of the values, which are different and one at least.</summary>
    public sealed record OneOf(ListColumn Column, IReadOnlyList<object> Values) : ListFilter;
}
