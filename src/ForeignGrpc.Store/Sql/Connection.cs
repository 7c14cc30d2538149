namespace ForeignGrpc.Store.Sql;

/// <summary>A connection to the database, and what its engine does in a way of its own. Not thread-safe: one user at a time.</summary>
internal abstract class Connection : IDisposable
{
    /// <summary>Prepares a statement, whose parameters are all named, such as `@name`, or none of them is: <see cref="Parameter"/>.</summary>
    public abstract Statement Prepare(string sql);

    /// <summary>How a statement that names no parameter writes its next one, which takes the value at this position, from 1.</summary>
    public abstract string Parameter(int position);

    /// <summary>A condition on the column that stands before it, in a statement that names no parameter: one of these values, which may be many.</summary>
    /// <param name="values">The values, all of one kind.</param>
    /// <param name="isNegated">Whether the condition is: none of them.</param>
    /// <param name="parameter">Adds a value to those of the statement; returns how the statement writes it.</param>
    public abstract string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter);

    /// <summary>Begins a transaction for reads whose statements all see the database as it was at one moment.</summary>
    public abstract void BeginSnapshot();

    /// <summary>Ends it.</summary>
    public abstract void EndSnapshot();

    /// <summary>The query, which others that would change the rows of this table in it must wait for until the transaction ends.</summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="table">What the query calls the table.</param>
    /// <param name="orSkipped">Whether rows that others have locked are left out; else the query waits for them.</param>
    public abstract string ForUpdate(string sql, string table, bool orSkipped = false);

    /// <summary>The query, whose rows of these tables keep their names, and stay, until the transaction ends.</summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="tables">What the query calls the tables, separated by commas.</param>
    public abstract string ForKeyShare(string sql, string tables);

    /// <summary>Where a text begins within another, from 1; 0 when it is not in it.</summary>
    public abstract string Position(string text, string within);

    /// <summary>A condition, in a statement that names no parameter: the text ends with this value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">The value.</param>
    /// <param name="parameter">Adds a value to those of the statement; returns how the statement writes it.</param>
    public abstract string EndsWith(string text, string end, Func<SqlValue, string> parameter);

    /// <summary>Bytes as a text of capital hexadecimal digits.</summary>
    public abstract string Hexadecimal(string bytes);

    /// <summary>How to join what is to be looked up for each row before it, when the engine would rather begin with it and read all of it.</summary>
    public abstract string JoinInOrder { get; }

    /// <summary>The tables of the list of application × device × key by the names a, d, k, with the people c and u who created and updated
    /// the key, and what follows the conditions, so that rows come by application, device, table, record and name and a limit spares
    /// the engine the rest.</summary>
    public abstract (string From, string OrderBy) NaturalOrder { get; }

    /// <summary>Stops the statements of the read under way; null while none is to be stopped.</summary>
    public ReadWatch? Watch { get; set; }

    /// <summary>Whether a statement failed because it was stopped.</summary>
    public abstract bool IsStopped(Exception e);

    /// <summary>Whether a statement failed because something of that name is there already.</summary>
    public abstract bool IsUniqueViolation(Exception e);

    public abstract void Dispose();
}
