using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The SQL of SQLite.</summary>
internal sealed class SqliteDialect : Dialect
{
    public static SqliteDialect Instance { get; } = new();

    /// <summary>A parameter without a name or number. For those SQLite would search all parameters before.</summary>
    public override string Parameter(int position) => "?";

    public override string Text(string parameter) => parameter;

    public override string Among(SqlValue[] values, Func<SqlValue, string> parameter) =>
        $"IN ({string.Join(", ", values.Select(parameter))})";

    /// <summary>The query itself: only one transaction writes at a time.</summary>
    public override string ForUpdate(string sql, string table, bool skipLocked = false) => sql;

    public override string ForKeyShare(string sql, string tables) => sql;

    public override string Position(string text, string within) => $"instr({within}, {text})";

    public override string EndsWith(string text, string end) =>
        $"{SqliteTextFunctions.EndsWith}({Bytes(text)}, {Bytes(end)})";

    public override string Apply(ListFunction function, string[] values, Func<string, string> shared) => function switch
    {
        ListFunction.ToLower => $"CAST({SqliteTextFunctions.ToLower}({Bytes(values[0])}) AS TEXT)",
        ListFunction.ToUpper => $"CAST({SqliteTextFunctions.ToUpper}({Bytes(values[0])}) AS TEXT)",
        ListFunction.Trim => $"trim({values[0]}, {WhiteSpace})",
        ListFunction.Concat => $"({values[0]} || {values[1]})",
        ListFunction.ToText => $"CAST({values[0]} AS TEXT)",
        ListFunction.Length => $"{SqliteTextFunctions.Length}({Bytes(values[0])})",
        ListFunction.IndexOf => $"(instr({values[0]}, {values[1]}) - 1)",
        _ => throw new ArgumentOutOfRangeException(nameof(function)),
    };

    public override string JoinTableNames =>
        $" LEFT JOIN (SELECT number, name FROM registered_table UNION ALL VALUES {DocumentedTables}) t ON t.number = k.table_id";

    public override string Hexadecimal(string bytes) => $"hex({bytes})";

    public override string JoinInOrder => " CROSS JOIN ";

    public override (string From, string OrderBy) NaturalOrder =>
        (ListSql.AllRows, " ORDER BY a.id, d.id, k.table_id, k.record_id, k.name");

    /// <summary>As bytes, as SQLite hands texts to functions up to U+0000 only.</summary>
    private static string Bytes(string text) => $"CAST({text} AS BLOB)";
}
