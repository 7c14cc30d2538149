namespace ForeignGrpc.Store.Sql;

/// <summary>
/// A prepared statement of a connection. Arguments have names, because five strings in a row are easily swapped. If the parameters have no
/// names, the names of the arguments are blank and their order counts. Each run needs all arguments.
/// </summary>
internal abstract class Statement : IDisposable
{
    /// <summary>Runs the statement to its end; returns the number of rows that it changed.</summary>
    public abstract int Execute(params ReadOnlySpan<(string Name, SqlValue Value)> arguments);

    /// <summary>Runs the statement as a query. Dispose the rows before the next run.</summary>
    public abstract Rows Query(params ReadOnlySpan<(string Name, SqlValue Value)> arguments);

    /// <summary>Runs the statement as a query, and reads the first column of the first row; null when there is no row.</summary>
    public long? Number(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        using var rows = Query(arguments);
        return rows.Read() ? rows.GetInt64(0) : null;
    }

    public abstract void Dispose();
}
