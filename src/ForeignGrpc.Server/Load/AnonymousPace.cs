namespace ForeignGrpc.Server.Load;

/// <summary>
/// The pace of calls without an authenticated caller, such as those with a wrong password. While authenticated callers are served, the
/// server begins 500 of the others a second. Above that their connections take turns to send the next request, so that rejecting them never
/// takes the processors from callers.
/// </summary>
internal sealed class AnonymousPace(TimeProvider time)
{
    private const int PerSecond = 500;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / PerSecond;

    /// <summary>How far the pace may be exceeded for a moment.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _served = -Recently;
    private TimeSpan _next = TimeSpan.MinValue;

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>An authenticated caller is served.</summary>
    public void NoteCaller()
    {
        var now = Now;
        lock (_lock)
        {
            _served = now;
        }
    }

    /// <summary>Counts an anonymous call that has ended.</summary>
    /// <returns>How long its connection waits before its next request is read, at most five seconds.</returns>
    public TimeSpan NoteAnonymous()
    {
        var now = Now;
        lock (_lock)
        {
            if (now - _served >= Recently)
            {
                return TimeSpan.Zero;
            }

            var (earliest, latest) = (now - Burst, now + LongestWait);
            _next = (_next > earliest ? _next : earliest) + Step;
            _next = _next < latest ? _next : latest;
            return _next > now ? _next - now : TimeSpan.Zero;
        }
    }
}
