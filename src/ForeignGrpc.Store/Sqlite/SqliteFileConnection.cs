using System.Globalization;
using System.Text;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>A connection to the database file.</summary>
internal sealed class SqliteFileConnection(SqliteConnection connection) : Connection
{
    /// <summary>How many steps of SQLite's machine, a few microseconds, a read goes on after it is to stop.</summary>
    private const int StepsBetweenLooks = 1_000;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>From now on, statements stop when <see cref="Connection.Watch"/> is over.</summary>
    public SqliteFileConnection WithWatch()
    {
        raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => Watch is { IsOver: true } ? 1 : 0, null);
        return this;
    }

    public override Statement Prepare(string sql) => new SqliteStatement(connection, sql);

    /// <summary>Not by name or number: SQLite looks those up among all that came before.</summary>
    public override string Parameter(int position) => "?";

    public override string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter) =>
        $"{(isNegated ? "NOT IN" : "IN")} ({string.Join(", ", values.Select(parameter))})";

    public override void BeginSnapshot() => Run("BEGIN");

    public override void EndSnapshot()
    {
        // SQLite ends it by itself after some failures.
        if (InTransaction)
        {
            Run("ROLLBACK");
        }
    }

    /// <summary>The one writer's transaction has all of the database to itself.</summary>
    public override string ForUpdate(string sql, string table, bool orSkipped = false) => sql;

    public override string ForKeyShare(string sql, string tables) => sql;

    public override string Position(string text, string within) => $"instr({within}, {text})";

    /// <summary>By bytes, as SQLite counts the characters of a text up to U+0000 only.</summary>
    public override string EndsWith(string text, string end, Func<SqlValue, string> parameter) => end.Length == 0
        ? $"{text} IS NOT NULL"
        : string.Create(CultureInfo.InvariantCulture, $"substr(CAST({text} AS BLOB), -{Encoding.UTF8.GetByteCount(end)}) = {parameter(Encoding.UTF8.GetBytes(end))}");

    public override string JoinInOrder => " CROSS JOIN ";

    public override (string From, string OrderBy) NaturalOrder => (ListSql.AllRows, " ORDER BY a.id, d.id, k.table_id, k.record_id, k.name");

    public override string Hexadecimal(string bytes) => $"hex({bytes})";

    public override bool IsStopped(Exception e) => e is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT };

    public override bool IsUniqueViolation(Exception e) => e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE };

    public override void Dispose() => connection.Dispose();

    private void Run(string sql)
    {
        using var statement = Prepare(sql);
        statement.Execute();
    }
}
