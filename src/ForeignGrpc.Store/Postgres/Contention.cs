using System.Diagnostics;

namespace ForeignGrpc.Store.Postgres;

/// <summary>Whether changes met locks of other transactions lately. Then changes wait for a lock only briefly before they are postponed, so
/// that they do not hold up changes that meet no lock. Thread-safe.</summary>
internal sealed class Contention
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(1);

    private long _last = -1;

    /// <summary>Whether a change met a lock within the last second.</summary>
    public bool IsRecent => Volatile.Read(ref _last) is var last && last >= 0 && Stopwatch.GetElapsedTime(last) < Lately;

    /// <summary>How many milliseconds a statement waits for a lock.</summary>
    public int LockMilliseconds => IsRecent ? 10 : 100;

    /// <summary>Notes that a change met a lock.</summary>
    public void Note() => Volatile.Write(ref _last, Stopwatch.GetTimestamp());
}
