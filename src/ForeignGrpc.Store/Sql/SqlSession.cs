using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>One connection with its prepared statements, and names by their numbers. Not thread-safe: one user at a time.</summary>
internal class SqlSession(Connection connection, TableNames tables, PersonNames persons) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>The connection, for what its engine does in a way of its own.</summary>
    public Connection Connection => connection;

    /// <summary>The statement for this text, prepared on first use. Texts are constants, so there are few.</summary>
    public Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = connection.Prepare(sql);
        }

        return statement;
    }

    /// <summary>The number of a table; null when its name is neither documented nor registered.</summary>
    public int? FindTable(string name) => tables.FindNumber(this, name);

    /// <summary>The name of a table as documented or as first registered.</summary>
    public string TableName(int number) => tables.Name(this, number);

    /// <summary>The number of a person; null when there is none of that name.</summary>
    public long? FindPerson(Author author) => persons.FindNumber(this, author.FullName);

    /// <summary>The author of this person number.</summary>
    public Author Author(long number) => new(persons.Name(this, number));

    /// <summary>Runs a query, and stops it when it has taken too long or when its caller has gone.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: it has taken longer than the limit.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public T Watched<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken caller)
    {
        var watch = connection.Watch = new ReadWatch(limit, caller);
        try
        {
            return query(this);
        }
        catch (Exception e) when (connection.IsStopped(e))
        {
            throw watch.Reason();
        }
        finally
        {
            connection.Watch = null;
        }
    }

    /// <summary>Runs a query whose statements must all see the database as it was at one moment.</summary>
    public T InSnapshot<T>(Func<T> query)
    {
        connection.BeginSnapshot();
        try
        {
            return query();
        }
        finally
        {
            connection.EndSnapshot();
        }
    }

    /// <summary>Runs a change that must not take another's name.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>: it would.</exception>
    public T Unique<T>(FormattableString otherwise, Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception e) when (connection.IsUniqueViolation(e))
        {
            throw new StoreException(StoreError.AlreadyExists, otherwise);
        }
    }

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
        persons.Forget();
    }
}
