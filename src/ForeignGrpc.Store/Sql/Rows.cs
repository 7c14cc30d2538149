namespace ForeignGrpc.Store.Sql;

/// <summary>The rows of a query, one at a time. Columns are counted from 0.</summary>
internal abstract class Rows : IDisposable
{
    /// <summary>Moves to the next row; false when there is none. Throws the exception of the engine when the query fails.</summary>
    public abstract bool Read();

    public abstract bool IsNull(int column);

    public abstract long GetInt64(int column);

    /// <summary>Reads a whole text, with any Unicode character, including U+0000.</summary>
    public abstract string GetString(int column);

    public int GetInt32(int column) => checked((int)GetInt64(column));

    public bool GetBoolean(int column) => GetInt64(column) != 0;

    /// <summary>Ends the query. Never throws.</summary>
    public abstract void Dispose();
}
