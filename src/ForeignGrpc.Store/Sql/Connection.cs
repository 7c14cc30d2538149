namespace ForeignGrpc.Store.Sql;

/// <summary>A connection to the database. Not thread-safe.</summary>
internal abstract class Connection : IDisposable
{
    /// <summary>Writes the SQL that differs between the engines.</summary>
    public abstract Dialect Dialect { get; }

    /// <summary>
    /// Prepares a statement. Its parameters are all named, such as `@name`, or all written by <see cref="Dialect.Parameter"/>.
    /// </summary>
    public abstract Statement Prepare(string sql);

    /// <summary>Begins a read transaction. All its statements see the database as it is now.</summary>
    public abstract void BeginSnapshot();

    /// <summary>Ends the transaction of <see cref="BeginSnapshot"/>.</summary>
    public abstract void EndSnapshot();

    /// <summary>Stops the statements of the current read; null outside a read with a time limit.</summary>
    public ReadWatch? Watch { get; set; }

    /// <summary>Whether a statement failed because it was stopped.</summary>
    public abstract bool IsStopped(Exception e);

    /// <summary>Whether a statement failed because something of that name exists already.</summary>
    public abstract bool IsUniqueViolation(Exception e);

    public abstract void Dispose();
}
