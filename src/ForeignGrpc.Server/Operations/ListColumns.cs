using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>The columns of the list: their documented names and their values.</summary>
internal static class ListColumns
{
    private static readonly Dictionary<string, ListColumn> ByName =
        Enum.GetValues<ListColumn>().ToDictionary(Name, column => column, StringComparer.OrdinalIgnoreCase);

    /// <summary>All columns.</summary>
    public static IReadOnlyList<ListColumn> All { get; } = Enum.GetValues<ListColumn>();

    /// <summary>The columns of a list without `$select`.</summary>
    public static IReadOnlyList<ListColumn> Usual { get; } = [.. All.TakeWhile(column => column <= ListColumn.KeyRegisteredBy)];

    /// <summary>All names, in documented order, separated by commas.</summary>
    public static string Names { get; } = string.Join(", ", ByName.Keys);

    /// <summary>What stands for a column that is true, or false, in every row.</summary>
    public static IReadOnlyList<string> Constants { get; } = ["getAllRows", "getNoRows"];

    /// <summary>The documented name: `appId`.</summary>
    public static string Name(ListColumn column)
    {
        var name = column.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The column with the name, in any case; null if no column has the name.</summary>
    public static ListColumn? Find(string name) => ByName.TryGetValue(name, out var column) ? column : null;

    /// <summary>The value of a column.</summary>
    public static ListTypes KindOf(ListColumn column) => column switch
    {
        ListColumn.AppId or ListColumn.DeviceId or ListColumn.KeyId or ListColumn.TableId or ListColumn.RecordId => ListTypes.Number,
        ListColumn.KeyUpdatedDate or ListColumn.KeyRegisteredDate => ListTypes.Date,
        ListColumn.DeviceLastSync or ListColumn.DeviceLastSyncTrans => ListTypes.Date,
        ListColumn.KeyUpdatedBy or ListColumn.KeyRegisteredBy or ListColumn.DeviceOwner => ListTypes.Person,
        _ => ListTypes.Text,
    };

    /// <summary>The type of a column's values.</summary>
    public static Type TypeOf(ListColumn column) => KindOf(column) switch
    {
        ListTypes.Number => typeof(long),
        ListTypes.Date => typeof(DateTimeOffset),
        _ => typeof(string),
    };
}
