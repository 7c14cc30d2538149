using System.Globalization;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>The SQL of PostgreSQL.</summary>
internal sealed class PostgresDialect : Dialect
{
    public static PostgresDialect Instance { get; } = new();

    public override string Parameter(int position) => string.Create(CultureInfo.InvariantCulture, $"${position}");

    /// <summary>Uses an array, because PostgreSQL's time for a list of parameters grows with the square of its length.</summary>
    public override string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter) => string.Concat(
        isNegated ? "<> ALL (" : "= ANY (",
        values[0].Kind == SqlKind.Number
            ? parameter(Array.ConvertAll(values, value => value.Number))
            : parameter(Array.ConvertAll(values, value => (string)value.Reference!)),
        ")");

    public override string ForUpdate(string sql, string table, bool skipLocked = false) =>
        $"{sql} FOR UPDATE OF {table}{(skipLocked ? " SKIP LOCKED" : "")}";

    /// <summary>Changes of unique columns, such as names, wait for this lock. Locks of this kind do not wait for each other.</summary>
    public override string ForKeyShare(string sql, string tables) => $"{sql} FOR KEY SHARE OF {tables}";

    public override string Position(string text, string within) => $"strpos({within}, {text})";

    public override string EndsWith(string text, string end, Func<SqlValue, string> parameter) =>
        string.Create(
            CultureInfo.InvariantCulture, $"right({text}, {PostgresText.Encode(end).EnumerateRunes().Count()}) = {parameter(end)}");

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
}
