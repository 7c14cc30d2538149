namespace ForeignGrpc.Server.Load;

/// <summary>
/// Limits the rate of calls without an authenticated caller, such as calls with a wrong password, to 500 a second while authenticated
/// callers are served. Connections that exceed the rate wait before their next request is read. So rejecting such calls never takes the
/// processors from authenticated callers.
/// </summary>
internal sealed class AnonymousPace(TimeProvider time)
{
    private const int PerSecond = 500;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / PerSecond;

    /// <summary>A burst may exceed the rate by the calls of this time.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();
    private TimeSpan _served = -Recently;
    private TimeSpan _next = TimeSpan.MinValue;

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>Notes that an authenticated caller was served.</summary>
    public void NoteCaller()
    {
        var now = Now;
        lock (_lock)
        {
            _served = now;
        }
    }

    /// <summary>Counts a finished anonymous call.</summary>
    /// <returns>How long the connection must wait before its next request is read, at most five seconds.</returns>
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
