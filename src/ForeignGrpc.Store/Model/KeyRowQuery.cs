namespace ForeignGrpc.Store.Model;

/// <summary>Which rows of application × device × key to list.</summary>
/// <param name="Filter">Only rows for which it holds; null for all.</param>
/// <param name="OrderBy">The columns to sort by, each once; empty for the natural order: application, device, table, record, key.</param>
/// <param name="After">Only rows behind the one of this <see cref="KeyRow.Position"/>, which may be gone; null from the first on.</param>
/// <param name="Skip">So many rows are left out first.</param>
/// <param name="Take">At most so many rows.</param>
public sealed record KeyRowQuery(
    ListFilter? Filter, IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy, IReadOnlyList<object?>? After, int Skip, int Take)
{
    private static readonly ListColumn[] Ids = [ListColumn.AppId, ListColumn.DeviceId, ListColumn.KeyId];

    /// <summary>
    /// The columns whose values make a position in the natural order. The table of a key that is bound to no table is -1 there.
    /// </summary>
    public static IReadOnlyList<(ListColumn Column, bool Descending)> NaturalPosition { get; } =
    [
        (ListColumn.AppId, false),
        (ListColumn.DeviceId, false),
        (ListColumn.TableId, false),
        (ListColumn.RecordId, false),
        (ListColumn.KeyName, false),
    ];

    /// <summary>In whose turn it is read.</summary>
    public string Caller { get; init; } = "";

    /// <summary>
    /// The columns whose values make a position: those to sort by, and the ids, which tell apart rows that are equal by those.
    /// </summary>
    public static IReadOnlyList<(ListColumn Column, bool Descending)> Position(
        IReadOnlyList<(ListColumn Column, bool Descending)> orderBy) => orderBy.Count == 0
            ? NaturalPosition
            : [.. orderBy, .. Ids.Where(id => orderBy.All(by => by.Column != id)).Select(id => (id, false))];
}
