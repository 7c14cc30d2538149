namespace ForeignGrpc.Store.Sql;

/// <summary>
/// A statement prepared once and run many times on its connection. Arguments are named, as five strings side by side get swapped; where the
/// statement names no parameter, the names are blank and the order counts. No argument is left from the run before.
/// </summary>
internal abstract class Statement : IDisposable
{
    /// <summary>Runs it to its end; returns how many rows it changed, when it is one that changes some.</summary>
    public abstract int Execute(params ReadOnlySpan<(string Name, SqlValue Value)> arguments);

    /// <summary>Runs it; dispose the rows before it runs again.</summary>
    public abstract Rows Query(params ReadOnlySpan<(string Name, SqlValue Value)> arguments);

    /// <summary>The first column of the first row as a number; null when there is no row.</summary>
    public long? Number(params ReadOnlySpan<(string Name, SqlValue Value)> arguments)
    {
        using var rows = Query(arguments);
        return rows.Read() ? rows.GetInt64(0) : null;
    }

    public abstract void Dispose();
}
