namespace ForeignGrpc.Server.Load;

/// <summary>Counts the calls that the server works on: calls that have arrived and whose responses have not started.</summary>
internal sealed class CallsAtWork
{
    private int _count;

    public bool Any => Volatile.Read(ref _count) > 0;

    public void Begin() => Interlocked.Increment(ref _count);

    public void End() => Interlocked.Decrement(ref _count);
}
