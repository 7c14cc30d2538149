namespace ForeignGrpc.Server.Calls;

/// <summary>Limits how many lines callers can cause in the log. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="linesPerMinute">The most lines in a minute.</param>
internal sealed class LineBudget(TimeProvider time, int linesPerMinute)
{
    private readonly Lock _lock = new();
    private long _begun = time.GetTimestamp();
    private int _asked;

    /// <summary>Whether a line may be written.</summary>
    /// <param name="leftOut">How many lines of the minute before were not written, at the first line of a minute; otherwise 0.</param>
    public bool TryTake(out int leftOut)
    {
        lock (_lock)
        {
            leftOut = 0;
            if (time.GetElapsedTime(_begun) >= TimeSpan.FromMinutes(1))
            {
                leftOut = Math.Max(0, _asked - linesPerMinute);
                (_begun, _asked) = (time.GetTimestamp(), 0);
            }

            return ++_asked <= linesPerMinute;
        }
    }
}
