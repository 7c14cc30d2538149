namespace ForeignGrpc.Store.Sql;

/// <summary>A connection to the database, and what its engine does in a way of its own. Not thread-safe: one user at a time.</summary>
internal abstract class Connection : IDisposable
{
    /// <summary>Prepares a statement, whose parameters are named, such as `@name`.</summary>
    public abstract Statement Prepare(string sql);

    /// <summary>The query, which others that would change the rows of this table in it must wait for until the transaction ends.</summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="table">What the query calls the table.</param>
    public abstract string Locked(string sql, string table);

    /// <summary>Where a text begins within another, from 1; 0 when it is not in it.</summary>
    public abstract string Position(string text, string within);

    /// <summary>A condition: the text ends with this one.</summary>
    public abstract string EndsWith(string text, string end);

    /// <summary>Whether a statement failed because something of that name is there already.</summary>
    public abstract bool IsUniqueViolation(Exception e);

    public abstract void Dispose();
}
