using System.Globalization;
using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Writes the statement for a list query. Columns and operators become constants; every value becomes a parameter.</summary>
internal sealed class ListSql(Connection connection)
{
    /// <summary>The tables, joined in no order.</summary>
    public const string AllRows =
        "foreign_app a LEFT JOIN foreign_device d ON d.app_id = a.id LEFT JOIN foreign_key k ON k.device_id = d.id" + People;

    private const string Columns =
        """
        SELECT a.id, a.name, d.id, d.name, d.identifier, k.id, k.name, k.value, k.table_id, k.record_id,
          k.updated_at, k.created_at, u.full_name, c.full_name
        FROM 
        """;

    private const string OneDevice = "foreign_app a JOIN foreign_device d ON d.app_id = a.id JOIN foreign_key k ON k.device_id = d.id" + People;
    private const string People = " LEFT JOIN person c ON c.id = k.created_by LEFT JOIN person u ON u.id = k.updated_by";

    private readonly StringBuilder _text = new();
    private readonly List<(string, SqlValue)> _arguments = [];

    public string Text => _text.ToString();

    public (string, SqlValue)[] Arguments => [.. _arguments];

    /// <summary>
    /// The statements that lead on from a position one after the other, each by an index to its first row: the rest of the
    /// device, of the application, and the applications behind it.
    /// </summary>
    public static IEnumerable<ListSql> After(Connection connection, ListPosition position, ListFilter? filter, int limit)
    {
        if (position is { DeviceId: { } device, Key: { } key })
        {
            yield return new ListSql(connection).Append(Columns + OneDevice + " WHERE k.device_id = ").Value(device)
                .Append(" AND (k.table_id, k.record_id, k.name) > (").Value(key.TableId).Append(", ").Value(key.RecordId).Append(", ").Value(key.Name)
                .Append(")").And(filter).Append(" ORDER BY k.table_id, k.record_id, k.name").Limit(limit);
        }

        var (from, orderBy) = connection.NaturalOrder;
        if (position.DeviceId is { } lastDevice)
        {
            yield return new ListSql(connection).Append(Columns).Append(from).Append(" WHERE a.id = ").Value(position.AppId)
                .Append(" AND d.id > ").Value(lastDevice).And(filter).Append(orderBy).Limit(limit);
        }

        yield return new ListSql(connection).Append(Columns).Append(from).Append(" WHERE a.id > ").Value(position.AppId)
            .And(filter).Append(orderBy).Limit(limit);
    }

    /// <summary>The statement for a query that starts at the beginning.</summary>
    public static ListSql FromStart(Connection connection, ListQuery query)
    {
        var (from, orderBy) = query.OrderBy.Count == 0 ? connection.NaturalOrder : (AllRows, OrderBy(query.OrderBy));
        return new ListSql(connection).Append(Columns).Append(from).Append(" WHERE true").And(query.Filter).Append(orderBy)
            .Limit(query.Take).Append(" OFFSET ").Value(query.Skip);
    }

    private static string OrderBy(IEnumerable<(ListColumn Column, bool Descending)> columns) =>
        $" ORDER BY {string.Concat(columns.Select(by => Name(by.Column) + (by.Descending ? " DESC NULLS LAST, " : " NULLS FIRST, ")))}a.id, d.id, k.id";

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

    private ListSql Limit(int limit) => Append(" LIMIT ").Value(limit);

    private ListSql And(ListFilter? filter) => filter is null ? this : Append(" AND ").Condition(filter);

    private ListSql Condition(ListFilter filter) => filter switch
    {
        ListFilter.Both both => Append("(").Condition(both.Left).Append(" AND ").Condition(both.Right).Append(")"),
        ListFilter.Either either => Append("(").Condition(either.Left).Append(" OR ").Condition(either.Right).Append(")"),
        ListFilter.Negation not => Append("NOT ").Condition(not.Inner),
        ListFilter.IsNull isNull => Append("(").Append(Name(isNull.Column)).Append(" IS NULL)"),
        ListFilter.Compare compare => Compare(Name(compare.Column), compare.How, compare.Value),
        ListFilter.OneOf oneOf => OneOf(Name(oneOf.Column), oneOf.Values),
        _ => throw new ArgumentOutOfRangeException(nameof(filter)),
    };

    private ListSql Compare(string column, Comparison how, object value) => how switch
    {
        Comparison.Equal => Compare(column, "=", value),
        Comparison.NotEqual => Compare(column, "<>", value),
        Comparison.Less => Compare(column, "<", value),
        Comparison.LessOrEqual => Compare(column, "<=", value),
        Comparison.Greater => Compare(column, ">", value),
        Comparison.GreaterOrEqual => Compare(column, ">=", value),
        Comparison.Contains => Append("(").Append(connection.Position(Argument(value), column)).Append(" > 0)"),
        Comparison.StartsWith => Append("(").Append(connection.Position(Argument(value), column)).Append(" = 1)"),
        Comparison.EndsWith => Append("(").Append(connection.EndsWith(column, Argument(value))).Append(")"),
        _ => throw new ArgumentOutOfRangeException(nameof(how)),
    };

    private ListSql Compare(string column, string sign, object value) => Append($"({column} {sign} ").Value(value).Append(")");

    private ListSql OneOf(string column, IReadOnlyList<object> values)
    {
        Append($"({column} IN (");
        foreach (var (i, value) in values.Index())
        {
            Append(i == 0 ? "" : ", ").Value(value);
        }

        return Append("))");
    }

    private ListSql Append(string constant)
    {
        _text.Append(constant);
        return this;
    }

    private ListSql Value(object value) => Append(Argument(value));

    /// <summary>The name of a parameter for the value.</summary>
    private string Argument(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@p{_arguments.Count}");
        _arguments.Add((name, value switch
        {
            DateTimeOffset date => Instants.ToMicroseconds(date),
            long number => number,
            int number => number,
            _ => (string)value,
        }));
        return name;
    }
}
