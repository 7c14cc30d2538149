using System.Diagnostics;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The anonymous calls in flight, oldest first. If there are too many, the oldest call is aborted in favor of a new one, once it has lasted
/// <see cref="Patience"/>. So clients that hold their calls, from any number of addresses, cannot keep others from logging in.
/// </summary>
/// <param name="limit">The most calls.</param>
internal sealed class AnonymousCalls(int limit)
{
    /// <summary>An ordinary call takes less time, even if it waits for the hash of a password.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly LinkedList<(HttpContext Call, long Begun)> _calls = new();

    /// <summary>Adds a call. Null if there are too many, and all are young.</summary>
    public LinkedListNode<(HttpContext Call, long Begun)>? TryAdd(HttpContext call)
    {
        lock (_lock)
        {
            if (_calls.Count >= limit)
            {
                if (_calls.First is not { } oldest || Stopwatch.GetElapsedTime(oldest.Value.Begun) < Patience)
                {
                    return null;
                }

                // Inside the lock: after its removal the web server may use the context for another call.
                oldest.Value.Call.Abort();
                _calls.Remove(oldest);
            }

            return _calls.AddLast((call, Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>Removes a call that has ended.</summary>
    public void Remove(LinkedListNode<(HttpContext Call, long Begun)> call)
    {
        lock (_lock)
        {
            if (call.List is not null)
            {
                _calls.Remove(call);
            }
        }
    }
}
