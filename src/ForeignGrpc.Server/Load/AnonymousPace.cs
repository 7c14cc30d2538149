using System.Runtime.CompilerServices;
using ForeignGrpc.Store.Caching;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Limits the rate of calls without an authenticated caller, such as calls with a wrong password, to 500 a second while authenticated
/// callers are served. Calls that exceed the rate wait, and so do new connections from their address. So rejecting such calls never takes
/// the processors from authenticated callers.
/// </summary>
internal sealed class AnonymousPace(TimeProvider time)
{
    private const int PerSecond = 500;

    /// <summary>How many addresses with recent calls are remembered.</summary>
    private const int Addresses = 20_000;

    /// <summary>How many probes of one address are free in a second.</summary>
    private const int FreeProbes = 50;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / PerSecond;

    /// <summary>The time between two delayed new connections of one address.</summary>
    private static readonly TimeSpan ConnectionStep = TimeSpan.FromMilliseconds(50);

    /// <summary>A burst may exceed the rate by as many calls as the rate allows in this time.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long _began = time.GetTimestamp();

    /// <summary>When an address may connect again.</summary>
    private readonly BoundedCache<string, TimeSpan> _turns = new(Addresses, lifetime: LongestWait, time: time);

    /// <summary>How many probes an address has sent in this second.</summary>
    private readonly BoundedCache<string, StrongBox<int>> _probes = new(Addresses, lifetime: TimeSpan.FromSeconds(1), time: time);

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

    /// <summary>Counts an anonymous call whose response is ready.</summary>
    /// <param name="address">The address that the call comes from.</param>
    /// <returns>How long the call or its connection must wait, at most five seconds.</returns>
    public TimeSpan NoteAnonymous(string address)
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
            if (_next <= now)
            {
                return TimeSpan.Zero;
            }

            _turns.Set(address, _next);
            return _next - now;
        }
    }

    /// <summary>Counts a probe whose response is ready. Only an address that sends more than 50 a second has to wait.</summary>
    /// <param name="address">The address that the probe comes from.</param>
    /// <returns>How long the probe or its connection must wait, at most five seconds.</returns>
    public TimeSpan NoteProbe(string address) =>
        Interlocked.Increment(ref _probes.GetOrAdd(address, new StrongBox<int>()).Value) <= FreeProbes
            ? TimeSpan.Zero
            : NoteAnonymous(address);

    /// <summary>Counts a new connection.</summary>
    /// <param name="address">The address that the connection comes from.</param>
    /// <returns>
    /// How long the connection waits before the server reads from it; null when connections of this address wait for the next five seconds
    /// already.
    /// </returns>
    public TimeSpan? NoteConnection(string address)
    {
        var now = Now;
        lock (_lock)
        {
            if (!_turns.TryGet(address, out var turn) || turn <= now)
            {
                return TimeSpan.Zero;
            }

            if (turn - now > LongestWait)
            {
                return null;
            }

            _turns.Set(address, turn + ConnectionStep);
            return turn - now;
        }
    }
}
