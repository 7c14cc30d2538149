using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>A connection to the database file.</summary>
internal sealed class SqliteFileConnection(SqliteConnection connection) : Connection
{
    /// <summary>The number of steps of SQLite's virtual machine, a few microseconds, between two looks at the watch.</summary>
    private const int StepsBetweenLooks = 1_000;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>Makes statements stop when <see cref="Connection.Watch"/> is over.</summary>
    public SqliteFileConnection WithWatch()
    {
        raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => Watch is { IsOver: true } ? 1 : 0, null);
        return this;
    }

    public override Dialect Dialect => SqliteDialect.Instance;

    public override Statement Prepare(string sql) => new SqliteStatement(connection, sql);

    public override void BeginSnapshot() => Run("BEGIN");

    public override void EndSnapshot()
    {
        // SQLite itself ends a transaction after some failures.
        if (InTransaction)
        {
            Run("ROLLBACK");
        }
    }

    public override bool IsStopped(Exception e) => e is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT };

    public override bool IsUniqueViolation(Exception e) => e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE };

    public override void Dispose() => connection.Dispose();

    private void Run(string sql)
    {
        using var statement = Prepare(sql);
        statement.Execute();
    }
}
