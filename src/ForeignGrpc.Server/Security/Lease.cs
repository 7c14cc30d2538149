using ForeignGrpc.Store.Caching;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// How old what a server knows of users and tickets may be. It is remembered for a quarter of a second, so that calls that follow each
/// other closely need not read it again, and calls in flight are authorized again every tenth of a second. Whoever makes a change that must
/// hold at once awaits
/// <see cref="EndedEverywhereAsync"/> before saying that it is made: then no server, of however many, still acts on what was before.
/// </summary>
internal static class Lease
{
    private const int Entries = 10_000;

    /// <summary>Timers and clocks go in steps of up to this.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(50);

    /// <summary>How long what was read is remembered.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a call in flight is authorized again.</summary>
    public static TimeSpan CheckEvery { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A cache whose entries are remembered for <see cref="Duration"/>.</summary>
    public static BoundedCache<TKey, TValue> NewCache<TKey, TValue>()
        where TKey : notnull => new(Entries, lifetime: Duration);

    /// <summary>Waits until no server acts on what was before now.</summary>
    public static Task EndedEverywhereAsync() => Task.Delay(Duration + CheckEvery + ClockStep);
}
