using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>The documented names of the list's columns, and what they hold.</summary>
internal static class ListColumns
{
    private static readonly Dictionary<string, ListColumn> ByName =
        Enum.GetValues<ListColumn>().ToDictionary(Name, column => column, StringComparer.OrdinalIgnoreCase);

    /// <summary>All columns.</summary>
    public static IReadOnlyList<ListColumn> All { get; } = Enum.GetValues<ListColumn>();

    /// <summary>Those that a list shows where nothing is selected.</summary>
    public static IReadOnlyList<ListColumn> Usual { get; } = [.. All.TakeWhile(column => column <= ListColumn.KeyRegisteredBy)];

    /// <summary>All names, in documented order, separated by commas.</summary>
    public static string Names { get; } = string.Join(", ", ByName.Keys);

    /// <summary>The names for an error.</summary>
    public static string AllNames => string.Join(", ", Names);

    /// <summary>The documented name: `appId`.</summary>
    public static string Name(ListColumn column)
    {
        var name = column.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The column of a name, in any case; null when there is none.</summary>
    public static ListColumn? Find(string name) => ByName.TryGetValue(name, out var column) ? column : null;

    /// <summary>What a column holds.</summary>
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
