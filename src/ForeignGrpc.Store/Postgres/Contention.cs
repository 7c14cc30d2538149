using System.Diagnostics;

namespace ForeignGrpc.Store.Postgres;

/// <summary>Whether other transactions were in the way lately. Then changes wait for a lock for a shorter time before they are postponed,
/// so that those that meet none are not held up. Thread-safe.</summary>
internal sealed class Contention
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(1);

    private long _last = -1;

    /// <summary>Whether a lock was met within the last second.</summary>
    public bool IsRecent => Volatile.Read(ref _last) is var last && last >= 0 && Stopwatch.GetElapsedTime(last) < Lately;

    /// <summary>How long a statement waits for a lock, in milliseconds.</summary>
    public int LockMilliseconds => IsRecent ? 10 : 100;

    /// <summary>Notes that a lock was in the way.</summary>
    public void Note() => Volatile.Write(ref _last, Stopwatch.GetTimestamp());
}
