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

    /// <summary>The one writer's transaction has all of the database to itself.</summary>
    public override string Locked(string sql, string table) => sql;

    public override string Position(string text, string within) => $"instr({within}, {text})";

    /// <summary>By bytes, as SQLite counts the characters of a text up to U+0000 only.</summary>
    public override string EndsWith(string text, string end) =>
        $"substr(CAST({text} AS BLOB), length(CAST({text} AS BLOB)) - length(CAST({end} AS BLOB)) + 1) = CAST({end} AS BLOB)"
        + $" AND length(CAST({text} AS BLOB)) >= length(CAST({end} AS BLOB))";

    public override bool IsUniqueViolation(Exception e) => e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE };

    public override void Dispose() => connection.Dispose();
}
