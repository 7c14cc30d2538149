namespace ForeignGrpc.Store.Model;

/// <summary>Which rows of application × device × key to list.</summary>
/// <param name="Filter">Only rows for which it holds; null for all.</param>
/// <param name="OrderBy">The columns to sort by; empty for the natural order: application, device, table, record, key.</param>
/// <param name="After">Only rows behind this one, in the natural order; null from the first on.</param>
/// <param name="Skip">So many of those are left out.</param>
/// <param name="Take">At most so many.</param>
public sealed record ListQuery(
    ListFilter? Filter, IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy, ListPosition? After, int Skip, int Take);
