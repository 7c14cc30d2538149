using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>One connection with its prepared statements, and names by their numbers. Not thread-safe: one user at a time.</summary>
internal class SqliteSession(SqliteConnection connection, TableNames tables, People people) : IDisposable
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

    /// <summary>The number of a table; null when its name is neither documented nor registered.</summary>
    public int? FindTable(string name) => tables.FindNumber(this, name);

    /// <summary>The name of a table as documented or as first registered.</summary>
    public string TableName(int number) => tables.Name(this, number);

    /// <summary>The full name of a person.</summary>
    public string PersonName(long number) => people.Name(this, number);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    /// <summary>Forgets the names, some of which may have been rolled back.</summary>
    protected void ForgetNames()
    {
        tables.Forget();
        people.Forget();
    }
}
