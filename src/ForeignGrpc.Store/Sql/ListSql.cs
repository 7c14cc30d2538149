using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Writes the statements of a list query. Columns and operators become constants; every value becomes a parameter. A chain of n conditions
/// is log n deep, as engines limit how deep an expression is.
/// </summary>
internal sealed partial class ListSql(Dialect dialect)
{
    /// <summary>The tables, joined in no order.</summary>
    public const string AllRows =
        "foreign_app a LEFT JOIN foreign_device d ON d.app_id = a.id LEFT JOIN foreign_key k ON k.device_id = d.id" + PersonJoins;

    private const string Columns =
        """
        SELECT a.id, a.name, d.id, d.name, d.identifier, k.id, k.name, k.value, k.table_id, k.record_id,
          k.updated_at, k.created_at, u.full_name, c.full_name, k.table_id, NULL, d.updated_at, NULL
        FROM 
        """;

    private const string OneDevice =
        "foreign_app a JOIN foreign_device d ON d.app_id = a.id JOIN foreign_key k ON k.device_id = d.id" + PersonJoins;
    private const string PersonJoins = " LEFT JOIN person c ON c.id = k.created_by LEFT JOIN person u ON u.id = k.updated_by";

    private readonly StringBuilder _text = new();
    private readonly List<SqlValue> _arguments = [];
    private int _endOfTables;
    private bool _needsTableNames;

    public string Text => _needsTableNames ? _text.ToString().Insert(_endOfTables, dialect.JoinTableNames) : _text.ToString();

    /// <summary>The values, in the order of the parameters, which have no names.</summary>
    public (string, SqlValue)[] Arguments => [.. _arguments.Select(value => ("", value))];

    /// <summary>The statements that together give the rows, one after the other.</summary>
    public static IEnumerable<ListSql> Of(Dialect dialect, KeyRowQuery query) => query switch
    {
        { After: { } after, OrderBy.Count: 0 } => Behind(dialect, after, query),
        { OrderBy.Count: 0 } => [Start(dialect, dialect.NaturalOrder.From).And(query.Filter).End(dialect.NaturalOrder.OrderBy, query)],
        _ => [Sorted(dialect, query)],
    };

    /// <summary>The statement that counts the rows that the filter takes.</summary>
    public static ListSql Count(Dialect dialect, ListFilter? filter) =>
        Start(dialect, AllRows, "SELECT count(*) FROM ").And(filter);

    private static ListSql Sorted(Dialect dialect, KeyRowQuery query)
    {
        var position = KeyRowQuery.Position(query.OrderBy);
        var sql = Start(dialect, AllRows);
        if (query.After is { } after)
        {
            sql.Append(" AND ").Behind(position, after, 0);
        }

        var order = position.Select(by => sql.Name(by.Column) + (by.Descending ? " DESC NULLS LAST" : " NULLS FIRST"));
        return sql.And(query.Filter).End($" ORDER BY {string.Join(", ", order)}", query);
    }

    /// <summary>
    /// The statements that lead on from a position in the natural order, each by an index to its first row: the rest of the device, of the
    /// application, and the applications behind it.
    /// </summary>
    private static IEnumerable<ListSql> Behind(Dialect dialect, IReadOnlyList<object?> position, KeyRowQuery query)
    {
        var (app, device) = (position[0]!, position[1]);
        if (device is not null && position is [_, _, { } table, { } record, { } name])
        {
            yield return Start(dialect, OneDevice).Append(" AND k.device_id = ").Value(device)
                .Append(" AND (k.table_id, k.record_id, k.name) > (").Value(table).Append(", ").Value(record)
                .Append(", ").Value(name).Append(")")
                .And(query.Filter).End(" ORDER BY k.table_id, k.record_id, k.name", query);
        }

        var (from, orderBy) = dialect.NaturalOrder;
        if (device is not null)
        {
            yield return Start(dialect, from).Append(" AND a.id = ").Value(app).Append(" AND d.id > ").Value(device)
                .And(query.Filter).End(orderBy, query);
        }

        yield return Start(dialect, from).Append(" AND a.id > ").Value(app).And(query.Filter).End(orderBy, query);
    }

    private static ListSql Start(Dialect dialect, string from, string columns = Columns)
    {
        var sql = new ListSql(dialect).Append(columns).Append(from);
        sql._endOfTables = sql._text.Length;
        return sql.Append(" WHERE a.name IS NOT NULL");
    }

    private string Name(ListColumn column)
    {
        _needsTableNames |= column == ListColumn.TableName;
        return NameOf(column);
    }

    private static string NameOf(ListColumn column) => column switch
    {
        ListColumn.AppId => "a.id",
        ListColumn.AppName => "a.name",
        ListColumn.DeviceId => "d.id",
        ListColumn.DeviceName => "d.name",
        ListColumn.DeviceIdentifier => "d.identifier",
        ListColumn.KeyId => "k.id",
        ListColumn.KeyName => "k.name",
        ListColumn.KeyValue => "k.value",
        ListColumn.TableId => "CASE WHEN k.table_id < 0 THEN 0 ELSE k.table_id END",
        ListColumn.RecordId => "k.record_id",
        ListColumn.KeyUpdatedDate => "k.updated_at",
        ListColumn.KeyRegisteredDate => "k.created_at",
        ListColumn.KeyUpdatedBy => "u.full_name",
        ListColumn.KeyRegisteredBy => "c.full_name",
        ListColumn.TableName => "t.name",
        ListColumn.DeviceOwner => "CAST(NULL AS TEXT)",
        ListColumn.DeviceLastSync => "d.updated_at",
        ListColumn.DeviceLastSyncTrans => "CAST(NULL AS BIGINT)",
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    /// <summary>
    /// A condition: the row stands behind the position, by the columns from this one on. What has no value is less than any value.
    /// </summary>
    private ListSql Behind(IReadOnlyList<(ListColumn Column, bool Descending)> by, IReadOnlyList<object?> position, int from)
    {
        var (column, descending, value) = (Name(by[from].Column), by[from].Descending, position[from]);
        if (from < by.Count - 1)
        {
            Append("(");
        }

        _ = (value, descending) switch
        {
            (null, false) => Append($"{column} IS NOT NULL"),
            (null, true) => Append("false"),
            (_, false) => Append($"{column} > ").Value(value),
            (_, true) => Append($"({column} < ").Value(value).Append($" OR {column} IS NULL)"),
        };
        if (from == by.Count - 1)
        {
            return this;
        }

        Append($" OR ({column} ");
        return (value is null ? Append("IS NULL") : Append("= ").Value(value)).Append(" AND ").Behind(by, position, from + 1).Append("))");
    }

    private ListSql End(string orderBy, KeyRowQuery query) =>
        Append(orderBy).Append(" LIMIT ").Value(query.Take).Append(" OFFSET ").Value(query.After is null ? query.Skip : 0);

    private ListSql And(ListFilter? filter) => filter is null ? this : Append(" AND ").Condition(filter, isNegated: false);

    private ListSql Append(string constant)
    {
        _text.Append(constant);
        return this;
    }

    private ListSql Value(object value) => Append(Argument(Stored(value)));

    /// <summary>How the text writes the parameter that takes the value. Each is written once, and before the next.</summary>
    private string Argument(SqlValue value)
    {
        _arguments.Add(value);
        return dialect.Parameter(_arguments.Count);
    }

    private static SqlValue Stored(object value) => value switch
    {
        DateTimeOffset date => Instants.ToMicroseconds(date),
        long number => number,
        int number => number,
        _ => (string)value,
    };
}
