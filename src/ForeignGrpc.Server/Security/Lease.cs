using ForeignGrpc.Store.Caching;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// How long a server may use cached users and tickets. Servers cache them for a quarter of a second, so that frequent calls need not read
/// them each time, and authorize calls in flight again every tenth of a second. After a change that must hold at once, await
/// <see cref="EndedEverywhereAsync"/> before reporting success: then no server uses the old state any more.
/// </summary>
internal static class Lease
{
    private const int Entries = 10_000;

    /// <summary>The resolution of timers and clocks, at worst.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an entry is cached.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a call in flight is authorized again.</summary>
    public static TimeSpan CheckEvery { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates a cache of 10,000 entries that expire after <see cref="Duration"/>.</summary>
    public static BoundedCache<TKey, TValue> NewCache<TKey, TValue>()
        where TKey : notnull => new(Entries, lifetime: Duration);

    /// <summary>Waits until no server uses a state from before this call: 0.4 seconds.</summary>
    public static Task EndedEverywhereAsync() => Task.Delay(Duration + CheckEvery + ClockStep);
}
