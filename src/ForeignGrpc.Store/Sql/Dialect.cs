namespace ForeignGrpc.Store.Sql;

/// <summary>Writes the SQL that the engines write differently. All other SQL is common to them: <see cref="Statements"/>.</summary>
internal abstract class Dialect
{
    /// <summary>The parameter at a position, counted from 1, in a statement without named parameters.</summary>
    public abstract string Parameter(int position);

    /// <summary>A condition, written behind a column: the column has one of these values, which may be many.</summary>
    /// <param name="values">The values, all of one kind.</param>
    /// <param name="isNegated">Whether the column must have none of the values.</param>
    /// <param name="parameter">Adds a value to the arguments of the statement; returns how the statement writes it.</param>
    public abstract string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter);

    /// <summary>
    /// The query, which locks its rows of the table until the transaction ends: other transactions that would change them wait.
    /// </summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="table">The table's alias in the query.</param>
    /// <param name="skipLocked">Whether the query leaves out rows that others have locked; else it waits for them.</param>
    public abstract string ForUpdate(string sql, string table, bool skipLocked = false);

    /// <summary>The query, which keeps its rows of the tables from being renamed or deleted until the transaction ends.</summary>
    /// <param name="sql">A query that ends with its conditions.</param>
    /// <param name="tables">The tables' aliases in the query, separated by commas.</param>
    public abstract string ForKeyShare(string sql, string tables);

    /// <summary>The position of a text within another, counted from 1; 0 when it does not occur.</summary>
    public abstract string Position(string text, string within);

    /// <summary>A condition, in a statement without named parameters: the text ends with this value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">The value.</param>
    /// <param name="parameter">Adds a value to the arguments of the statement; returns how the statement writes it.</param>
    public abstract string EndsWith(string text, string end, Func<SqlValue, string> parameter);

    /// <summary>Bytes as a text of capital hexadecimal digits.</summary>
    public abstract string Hexadecimal(string bytes);

    /// <summary>A join whose right side is looked up for each row of the left side, never the other way round.</summary>
    public abstract string JoinInOrder { get; }

    /// <summary>
    /// The tables of the list of application × device × key under the aliases a, d and k, and c and u for the persons who created and
    /// updated the key; and the ORDER BY behind the conditions. Rows come by application, device, table, record and name, and with a limit
    /// the engine reads no more.
    /// </summary>
    public abstract (string From, string OrderBy) NaturalOrder { get; }
}
