namespace ForeignGrpc.Server.Load;

/// <summary>A number of places, of which each call takes one while it is under way.</summary>
internal sealed class Places(int limit)
{
    private int _taken;

    public int Limit => limit;

    /// <summary>How many are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place; false when all are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
