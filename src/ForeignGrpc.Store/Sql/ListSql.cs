using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>
/// Writes the statements of a list query. Columns and operators become constants; every value becomes a parameter. A chain of n conditions
/// is log n deep, as engines limit how deep an expression is.
/// </summary>
internal sealed class ListSql(Dialect dialect)
{
    /// <summary>The tables, joined in no order.</summary>
    public const string AllRows =
        "foreign_app a LEFT JOIN foreign_device d ON d.app_id = a.id LEFT JOIN foreign_key k ON k.device_id = d.id" + PersonJoins;

    private const string Columns =
        """
        SELECT a.id, a.name, d.id, d.name, d.identifier, k.id, k.name, k.value, k.table_id, k.record_id,
          k.updated_at, k.created_at, u.full_name, c.full_name
        FROM 
        """;

    private const string OneDevice =
        "foreign_app a JOIN foreign_device d ON d.app_id = a.id JOIN foreign_key k ON k.device_id = d.id" + PersonJoins;
    private const string PersonJoins = " LEFT JOIN person c ON c.id = k.created_by LEFT JOIN person u ON u.id = k.updated_by";

    private readonly StringBuilder _text = new();
    private readonly List<SqlValue> _arguments = [];

    public string Text => _text.ToString();

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
        new ListSql(dialect).Append($"SELECT count(*) FROM {AllRows} WHERE a.name IS NOT NULL").And(filter);

    private static ListSql Sorted(Dialect dialect, KeyRowQuery query)
    {
        var position = KeyRowQuery.Position(query.OrderBy);
        var sql = Start(dialect, AllRows);
        if (query.After is { } after)
        {
            sql.Append(" AND ").Behind(position, after, 0);
        }

        var order = position.Select(by => Name(by.Column) + (by.Descending ? " DESC NULLS LAST" : " NULLS FIRST"));
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

    private static ListSql Start(Dialect dialect, string from) =>
        new ListSql(dialect).Append(Columns).Append(from).Append(" WHERE a.name IS NOT NULL");

    private static string Name(ListColumn column) => column switch
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

    /// <summary>The condition or, to its leaves, its negation: what has no value is decided there.</summary>
    private ListSql Condition(ListFilter filter, bool isNegated) => filter switch
    {
        ListFilter.And all => Chain(all.Filters, 0, all.Filters.Count, isNegated ? " OR " : " AND ", isNegated),
        ListFilter.Or any => Chain(any.Filters, 0, any.Filters.Count, isNegated ? " AND " : " OR ", isNegated),
        ListFilter.Not not => Condition(not.Inner, !isNegated),
        ListFilter.IsNull isNull => Append($"({Name(isNull.Column)} IS {(isNegated ? "NOT " : "")}NULL)"),
        ListFilter.Compare compare => Compare(Name(compare.Column), compare.How, compare.Value, isNegated),
        ListFilter.OneOf oneOf => OneOf(Name(oneOf.Column), oneOf.Values, isNegated),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private ListSql Chain(IReadOnlyList<ListFilter> filters, int from, int count, string word, bool isNegated) => count == 1
        ? Condition(filters[from], isNegated)
        : Append("(").Chain(filters, from, count / 2, word, isNegated).Append(word)
            .Chain(filters, from + (count / 2), count - (count / 2), word, isNegated).Append(")");

    private ListSql Compare(string column, Comparison how, object value, bool isNegated) => how switch
    {
        Comparison.Equal => isNegated ? OrMissing(column, "<>", value) : Compare(column, "=", value),
        Comparison.NotEqual => isNegated ? Compare(column, "=", value) : OrMissing(column, "<>", value),
        Comparison.Less => isNegated ? OrMissing(column, ">=", value) : Compare(column, "<", value),
        Comparison.LessOrEqual => isNegated ? OrMissing(column, ">", value) : Compare(column, "<=", value),
        Comparison.Greater => isNegated ? OrMissing(column, "<=", value) : Compare(column, ">", value),
        Comparison.GreaterOrEqual => isNegated ? OrMissing(column, "<", value) : Compare(column, ">=", value),
        _ => Append(isNegated ? "(NOT (" : "((").Append(TextFunction(column, how, (string)value)).Append("))"),
    };

    private string TextFunction(string column, Comparison how, string value) => how switch
    {
        Comparison.Contains => $"{dialect.Position(Argument(value), column)} > 0",
        Comparison.StartsWith => $"{dialect.Position(Argument(value), column)} = 1",
        Comparison.EndsWith => dialect.EndsWith(column, value, Argument),
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };

    private ListSql Compare(string column, string sign, object value) => Append($"({column} {sign} ").Value(value).Append(")");

    private ListSql OrMissing(string column, string sign, object value) =>
        Append($"({column} {sign} ").Value(value).Append($" OR {column} IS NULL)");

    private ListSql OneOf(string column, IReadOnlyList<object> values, bool isNegated)
    {
        var among = dialect.Among([.. values.Select(Stored)], isNegated, Argument);
        return Append(isNegated ? $"({column} {among} OR {column} IS NULL)" : $"({column} {among})");
    }

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
