using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>One connection with its prepared statements. Not thread-safe: one user at a time.</summary>
internal class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>Whether a transaction is open. SQLite ends one by itself after some failures, such as a full disk.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>The statement for this text, prepared on first use. Texts are constants, so there are few.</summary>
    public Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = Prepare(sql);
        }

        return statement;
    }

    /// <summary>A statement that is used once.</summary>
    public Statement Prepare(string sql) => new(connection, sql);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }
}
