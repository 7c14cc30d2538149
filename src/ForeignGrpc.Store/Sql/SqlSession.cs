using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>A connection with its prepared statements and its caches of names. Not thread-safe.</summary>
internal class SqlSession(Connection connection, TableNames tables, PersonNames persons, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>The connection.</summary>
    public Connection Connection => connection;

    /// <summary>The current instant in Unix microseconds.</summary>
    public long Now() => Instants.ToMicroseconds(time.GetUtcNow());

    /// <summary>Finds the statement of a text, and prepares it on first use. The session keeps it, so there must be few texts.</summary>
    public Statement Prepared(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = connection.Prepare(sql);
        }

        return statement;
    }

    /// <summary>Finds the number of a table by its name in any case; null when it is neither documented nor registered.</summary>
    public int? FindTable(string name) => tables.FindNumber(this, name);

    /// <summary>Finds the name of a table, as documented or as first registered.</summary>
    public string TableName(int number) => tables.Name(this, number);

    /// <summary>Finds the number of a person; null when there is none of that name.</summary>
    public long? FindPerson(Author author) => persons.FindNumber(this, author.FullName);

    /// <summary>Finds the person of a number.</summary>
    public Author Author(long number) => new(persons.Name(this, number));

    /// <summary>Runs a query with a time limit.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: the query took longer than the limit.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled the query.</exception>
    public T Watched<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken caller)
    {
        var watch = connection.Watch = new ReadWatch(limit, time, caller);
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

    /// <summary>Runs a query whose statements all see the same snapshot of the database.</summary>
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

    /// <summary>Runs a change that sets a unique name.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>, with the message <paramref name="otherwise"/>: another
    /// record has the name.</exception>
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

    /// <summary>Clears the caches of names, some of which may have been rolled back.</summary>
    protected void ForgetNames()
    {
        tables.Forget();
        persons.Forget();
    }
}
