using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>A connection to the database file.</summary>
internal sealed class SqliteFileConnection(SqliteConnection connection) : Connection
{
    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public override Statement Prepare(string sql) => new SqliteStatement(connection, sql);

    /// <summary>Not by name or number: SQLite looks those up among all that came before.</summary>
    public override string Parameter(int position) => "?";

    public override string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter) =>
        $"{(isNegated ? "NOT IN" : "IN")} ({string.Join(", ", values.Select(parameter))})";

    public override void BeginMoment() => Run("BEGIN");

    public override void EndMoment()
    {
        // SQLite ends it by itself after some failures.
        if (InTransaction)
        {
            Run("ROLLBACK");
        }
    }

    /// <summary>The one writer's transaction has all of the database to itself.</summary>
    public override string Locked(string sql, string table, bool orSkipped = false) => sql;

    public override string Held(string sql, string tables) => sql;

    public override string Position(string text, string within) => $"instr({within}, {text})";

    /// <summary>By bytes, as SQLite counts the characters of a text up to U+0000 only.</summary>
    public override string EndsWith(string text, Func<string> end) =>
        $"substr(CAST({text} AS BLOB), length(CAST({text} AS BLOB)) - length(CAST({end()} AS BLOB)) + 1) = CAST({end()} AS BLOB)"
        + $" AND length(CAST({text} AS BLOB)) >= length(CAST({end()} AS BLOB))";

    public override string JoinInOrder => " CROSS JOIN ";

    public override (string From, string OrderBy) NaturalOrder => (ListSql.AllRows, " ORDER BY a.id, d.id, k.table_id, k.record_id, k.name");

    public override string Hexadecimal(string bytes) => $"hex({bytes})";

    public override bool IsUniqueViolation(Exception e) => e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE };

    public override void Dispose() => connection.Dispose();

    private void Run(string sql)
    {
        using var statement = Prepare(sql);
        statement.Execute();
    }
}
