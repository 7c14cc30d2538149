namespace ForeignGrpc.Server.Load;

/// <summary>The calls that the server works for: they have come, and their answers have not begun.</summary>
internal sealed class CallsAtWork
{
    private int _count;

    public bool Any => Volatile.Read(ref _count) > 0;

    public void Begin() => Interlocked.Increment(ref _count);

    public void End() => Interlocked.Decrement(ref _count);
}
