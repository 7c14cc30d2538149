using System.Globalization;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The SQL of SQLite.</summary>
internal sealed class SqliteDialect : Dialect
{
    public static SqliteDialect Instance { get; } = new();

    /// <summary>A parameter without a name or number. For those SQLite would search all parameters before.</summary>
    public override string Parameter(int position) => "?";

    public override string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter) =>
        $"{(isNegated ? "NOT IN" : "IN")} ({string.Join(", ", values.Select(parameter))})";

    /// <summary>The query itself: only one transaction writes at a time.</summary>
    public override string ForUpdate(string sql, string table, bool skipLocked = false) => sql;

    public override string ForKeyShare(string sql, string tables) => sql;

    public override string Position(string text, string within) => $"instr({within}, {text})";

    /// <summary>Compares bytes, because SQLite counts the characters of a text only up to U+0000.</summary>
    public override string EndsWith(string text, string end, Func<SqlValue, string> parameter)
    {
        var bytes = StrictUtf8.Encoding.GetBytes(end);
        return bytes.Length == 0
            ? $"{text} IS NOT NULL"
            : string.Create(CultureInfo.InvariantCulture, $"substr(CAST({text} AS BLOB), -{bytes.Length}) = {parameter(bytes)}");
    }

    public override string Hexadecimal(string bytes) => $"hex({bytes})";

    public override string JoinInOrder => " CROSS JOIN ";

    public override (string From, string OrderBy) NaturalOrder =>
        (ListSql.AllRows, " ORDER BY a.id, d.id, k.table_id, k.record_id, k.name");
}
