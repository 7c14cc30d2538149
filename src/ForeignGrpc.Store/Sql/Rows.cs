namespace ForeignGrpc.Store.Sql;

/// <summary>The rows that a statement gives, one at a time. Columns are counted from 0.</summary>
internal abstract class Rows : IDisposable
{
    /// <summary>Moves to the next row; false when there is none. Throws the engine's exception when the statement fails.</summary>
    public abstract bool Read();

    public abstract bool IsNull(int column);

    public abstract long GetInt64(int column);

    /// <summary>A text, whole: any Unicode, U+0000 too.</summary>
    public abstract string GetString(int column);

    public int GetInt32(int column) => checked((int)GetInt64(column));

    public bool GetBoolean(int column) => GetInt64(column) != 0;

    /// <summary>Ends the run. Its failure has been thrown already.</summary>
    public abstract void Dispose();
}
