namespace ForeignGrpc.Server.Load;

/// <summary>A limited number of places. A call takes a place while it is in flight.</summary>
internal sealed class Places(int limit)
{
    private int _taken;

    public int Limit => limit;

    /// <summary>The number of places taken now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a place; false if all places are taken.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>Releases a place.</summary>
    public void Release() => Interlocked.Decrement(ref _taken);
}
