namespace ForeignGrpc.Store.Model;

/// <summary>The rows of application × device × key to list.</summary>
/// <param name="Filter">The condition on the rows; null for all rows.</param>
/// <param name="OrderBy">The columns to sort by, each once; empty for the natural order: application, device, table, record, key.</param>
/// <param name="After">Only rows after this <see cref="KeyRow.Position"/>, whose row may be deleted; null for all rows.</param>
/// <param name="Skip">The number of rows to leave out at the beginning.</param>
/// <param name="Take">The most rows to return.</param>
public sealed record KeyRowQuery(
    ListFilter? Filter, IReadOnlyList<(ListColumn Column, bool Descending)> OrderBy, IReadOnlyList<object?>? After, int Skip, int Take)
{
    private static readonly ListColumn[] Ids = [ListColumn.AppId, ListColumn.DeviceId, ListColumn.KeyId];

    /// <summary>The columns of a position in the natural order. In a position the table id of a key of no table is -1.</summary>
    public static IReadOnlyList<(ListColumn Column, bool Descending)> NaturalPosition { get; } =
    [
        (ListColumn.AppId, false),
        (ListColumn.DeviceId, false),
        (ListColumn.TableId, false),
        (ListColumn.RecordId, false),
        (ListColumn.KeyName, false),
    ];

    /// <summary>The read ends with the row whose bytes exceed this sum, but not before the second row.</summary>
    public long Bytes { get; init; } = long.MaxValue;

    /// <summary>The caller, whose turn the read waits for.</summary>
    public string Caller { get; init; } = "";

    /// <summary>Whether the read has ended by <see cref="Bytes"/> with these rows.</summary>
    public bool IsFull(IReadOnlyList<KeyRow> rows) => rows.Count > 1 && rows.Sum(row => row.Bytes) > Bytes;

    /// <summary>The columns of a position: the columns to sort by, then the ids, which tell equal rows apart.</summary>
    public static IReadOnlyList<(ListColumn Column, bool Descending)> Position(
        IReadOnlyList<(ListColumn Column, bool Descending)> orderBy) => orderBy.Count == 0
            ? NaturalPosition
            : [.. orderBy, .. Ids.Where(id => orderBy.All(by => by.Column != id)).Select(id => (id, false))];
}
