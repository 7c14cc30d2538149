namespace ForeignGrpc.Store.Sql;

/// <summary>Writes the SQL that differs between the engines. All other SQL is in <see cref="Statements"/>.</summary>
internal abstract class Dialect
{
    /// <summary>The parameter at a position, counted from 1, in a statement without named parameters.</summary>
    public abstract string Parameter(int position);

    /// <summary>The condition, after a column, that the column has one of the values. The values may be many.</summary>
    /// <param name="values">The values, all of one kind.</param>
    /// <param name="isNegated">Whether the column must have none of the values.</param>
    /// <param name="parameter">Adds a value to the arguments of the statement; returns how the statement writes it.</param>
    public abstract string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter);

    /// <summary>
    /// Makes a query lock its rows of a table until the transaction ends. Other transactions wait before they change the rows.
    /// </summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="table">The alias of the table in the query.</param>
    /// <param name="skipLocked">Whether the query leaves out rows that others have locked. Otherwise it waits for them.</param>
    public abstract string ForUpdate(string sql, string table, bool skipLocked = false);

    /// <summary>
    /// Makes a query lock its rows of some tables against renaming and deletion until the transaction ends.
    /// </summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="tables">The aliases of the tables in the query, separated by commas.</param>
    public abstract string ForKeyShare(string sql, string tables);

    /// <summary>The position of a text within another, counted from 1; 0 when it does not occur.</summary>
    public abstract string Position(string text, string within);

    /// <summary>The condition, in a statement without named parameters, that a text ends with a value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">The value.</param>
    /// <param name="parameter">Adds a value to the arguments of the statement; returns how the statement writes it.</param>
    public abstract string EndsWith(string text, string end, Func<SqlValue, string> parameter);

    /// <summary>Bytes as a text of capital hexadecimal digits.</summary>
    public abstract string Hexadecimal(string bytes);

    /// <summary>A join that looks up the right side for each row of the left side, never the other way round.</summary>
    public abstract string JoinInOrder { get; }

    /// <summary>
    /// The FROM and ORDER BY of the list of application × device × key in the order of application, device, table, record and name. The
    /// aliases are a, d and k, and c and u for the persons who created and updated the key. With a limit the engine reads no further rows.
    /// </summary>
    public abstract (string From, string OrderBy) NaturalOrder { get; }
}
