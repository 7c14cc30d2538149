using System.Collections.Concurrent;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The bytes that bodies on their way in hold, and large answers on their way out: all together, and those of each caller.
/// </summary>
internal sealed class BodyMemory(IOptions<LoadLimits> limits)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly long _limit = limits.Value.BodyMemory;
    private readonly long _limitOfCaller = limits.Value.BodyMemoryPerCaller;
    private readonly ConcurrentDictionary<CallerKey, long> _ofCallers = new();
    private long _held;

    /// <summary>Notes that the caller's calls hold so many bytes more, or, below 0, fewer.</summary>
    public void Note(CallerKey caller, long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        if (_ofCallers.AddOrUpdate(caller, bytes, (_, held) => held + bytes) == 0)
        {
            _ofCallers.TryRemove(KeyValuePair.Create(caller, 0L));
        }
    }

    /// <exception cref="Failure">UNAVAILABLE: all calls together hold too much. RESOURCE_EXHAUSTED: this caller's do.</exception>
    public void Check(CallerKey caller)
    {
        if (_ofCallers.GetValueOrDefault(caller) > _limitOfCaller)
        {
            throw Failure.TooManyCalls(
                Texts.Of($"Your request bodies and responses in memory have reached the limit of {_limitOfCaller:N0} bytes (setting Limits:BodyMemoryPerCaller); nothing was changed."),
                RetryAfter);
        }

        if (Volatile.Read(ref _held) > _limit)
        {
            throw Failure.Overloaded(
                Texts.Of($"The request bodies in memory have reached the limit of {_limit:N0} bytes (setting Limits:BodyMemory); nothing was changed."));
        }
    }
}
