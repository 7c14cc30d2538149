using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Writes the SQL that differs between the engines. All other SQL is in <see cref="Statements"/>.</summary>
internal abstract class Dialect
{
    /// <summary>The documented names of tables: what stands behind VALUES, of numbers and names.</summary>
    protected static string DocumentedTables { get; } = string.Join(
        ", ", TableCatalogue.Documented.Append(new(TableCatalogue.Unbound, "")).Select(table => $"({table.Key}, '{table.Value}')"));

    /// <summary>Unicode's white space, as a constant of SQL.</summary>
    protected static string WhiteSpace { get; } =
        $"'{string.Concat(Enumerable.Range(0, char.MaxValue + 1).Select(number => (char)number).Where(char.IsWhiteSpace))}'";

    /// <summary>The parameter at a position, counted from 1, in a statement without named parameters.</summary>
    public abstract string Parameter(int position);

    /// <summary>A text parameter, in a place where it may compare with another one: by characters, in no language.</summary>
    public abstract string Text(string parameter);

    /// <summary>A condition, written behind a value: it is one of these, which may be many.</summary>
    /// <param name="values">The values, all of one kind.</param>
    /// <param name="parameter">Adds a value to the arguments of the statement; returns how the statement writes it.</param>
    public abstract string Among(SqlValue[] values, Func<SqlValue, string> parameter);

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

    /// <summary>A condition: the text ends with the other.</summary>
    public abstract string EndsWith(string text, string end);

    /// <summary>A function of values of the list, each written once and in this order.</summary>
    /// <param name="function">The function.</param>
    /// <param name="values">The values.</param>
    /// <param name="shared">Adds a text to the arguments of the statement, unless it is there; returns how the statement writes it. It is
    /// only for engines that write one parameter in several places.</param>
    public abstract string Apply(ListFunction function, string[] values, Func<string, string> shared);

    /// <summary>
    /// A join to the FROM of the list, which gives `t.name`: the name of the key's table, blank when it is bound to none.
    /// </summary>
    public abstract string JoinTableNames { get; }

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
