namespace ForeignGrpc.Store.Model;

/// <summary>A condition on rows of the list. Values are <see cref="long"/>, <see cref="string"/> or <see cref="DateTimeOffset"/>, as
/// the column is.</summary>
public abstract record ListFilter
{
    /// <summary>All of the conditions.</summary>
    public sealed record Both(ListFilter Left, ListFilter Right) : ListFilter;

    /// <summary>One of the conditions at least.</summary>
    public sealed record Either(ListFilter Left, ListFilter Right) : ListFilter;

    /// <summary>Not the condition.</summary>
    public sealed record Negation(ListFilter Inner) : ListFilter;

    /// <summary>There is no value: no device, or no key.</summary>
    public sealed record IsNull(ListColumn Column) : ListFilter;

    /// <summary>The column compares so with the value.</summary>
    public sealed record Compare(ListColumn Column, Comparison How, object Value) : ListFilter;

    /// <summary>The column is one of the values.</summary>
    public sealed record OneOf(ListColumn Column, IReadOnlyList<object> Values) : ListFilter;
}
