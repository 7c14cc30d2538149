using System.Globalization;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>The SQL of PostgreSQL.</summary>
internal sealed class PostgresDialect : Dialect
{
    public static PostgresDialect Instance { get; } = new();

    public override string Parameter(int position) => string.Create(CultureInfo.InvariantCulture, $"${position}");

    public override string Text(string parameter) => $"({parameter} COLLATE \"C\")";

    /// <summary>As one array, as the time that PostgreSQL takes for a list of parameters grows with the square of its length.</summary>
    public override string Among(SqlValue[] values, Func<SqlValue, string> parameter)
    {
        var array = values[0].Kind == SqlKind.Number
            ? parameter(Array.ConvertAll(values, value => value.Number))
            : parameter(Array.ConvertAll(values, value => (string)value.Reference!));
        return $"= ANY ({array})";
    }

    public override string ForUpdate(string sql, string table, bool skipLocked = false) =>
        $"{sql} FOR UPDATE OF {table}{(skipLocked ? " SKIP LOCKED" : "")}";

    /// <summary>Changes of unique columns, such as names, wait for this lock. Locks of this kind do not wait for each other.</summary>
    public override string ForKeyShare(string sql, string tables) => $"{sql} FOR KEY SHARE OF {tables}";

    public override string Position(string text, string within) => $"strpos({within}, {text})";

    public override string EndsWith(string text, string end) => $"starts_with(reverse({text}), reverse({end}))";

    public override string Apply(ListFunction function, string[] values, Func<string, string> shared) => function switch
    {
        ListFunction.ToLower => $"translate({values[0]}, {shared(LetterCase.Lower.From)}, {shared(LetterCase.Lower.To)})",
        ListFunction.ToUpper => $"translate({values[0]}, {shared(LetterCase.Upper.From)}, {shared(LetterCase.Upper.To)})",
        ListFunction.Trim => $"btrim({values[0]}, {WhiteSpace})",
        ListFunction.Concat => $"({values[0]} || {values[1]})",
        ListFunction.ToText => $"CAST({values[0]} AS TEXT)",
        ListFunction.Length => LengthOf(values[0]),
        ListFunction.IndexOf =>
            $"(SELECT CASE strpos(s.t, s.e) WHEN 0 THEN -1 ELSE {LengthOf("left(s.t, strpos(s.t, s.e) - 1)")} END "
            + $"FROM (SELECT {values[0]} AS t, {values[1]} AS e) s)",
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    /// <summary>
    /// Looked up row by row, in a subquery that PostgreSQL runs as it is; see <see cref="NaturalOrder"/>.
    /// </summary>
    public override string JoinTableNames =>
        " LEFT JOIN LATERAL (SELECT n.name COLLATE \"C\" AS name FROM "
        + $"(SELECT number, name FROM registered_table UNION ALL VALUES {DocumentedTables}) n "
        + "WHERE n.number = k.table_id LIMIT 1) t ON true";

    public override string Hexadecimal(string bytes) => $"upper(encode({bytes}, 'hex'))";

    public override string JoinInOrder => " JOIN ";

    /// <summary>
    /// PostgreSQL runs a subquery with an ORDER BY or LIMIT for each row of the outer query, and keeps the order. So it reads rows in
    /// order, and stops at a limit. With a join and a sort at the end, each page would sort all keys after it.
    /// </summary>
    public override (string From, string OrderBy) NaturalOrder => (
        """
        (SELECT * FROM foreign_app ORDER BY id) a
        LEFT JOIN LATERAL (SELECT * FROM foreign_device WHERE app_id = a.id ORDER BY id) d ON true
        LEFT JOIN LATERAL (SELECT * FROM foreign_key WHERE device_id = d.id ORDER BY table_id, record_id, name) k ON true
        LEFT JOIN LATERAL (SELECT full_name FROM person WHERE id = k.created_by LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT full_name FROM person WHERE id = k.updated_by LIMIT 1) u ON true
        """,
        "");

    /// <summary>The words that stand for one character each count as one.</summary>
    private static string LengthOf(string text) =>
        $"length({PostgresText.Words.Aggregate(text, (inner, word) => $"replace({inner}, '{word}', '.')")})";
}
