using System.Collections.Concurrent;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The bytes that request bodies being received and large responses being sent hold: in total, and of each caller.
/// </summary>
internal sealed class BodyMemory(IOptions<LoadLimits> limits)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly long _limit = limits.Value.BodyMemory;
    private readonly long _limitOfCaller = limits.Value.BodyMemoryPerCaller;
    private readonly ConcurrentDictionary<CallerKey, long> _ofCallers = new();
    private long _held;

    /// <summary>Adds bytes to those that the calls of the caller hold; a negative number subtracts.</summary>
    public void Note(CallerKey caller, long bytes)
    {
        Interlocked.Add(ref _held, bytes);
        if (_ofCallers.AddOrUpdate(caller, bytes, (_, held) => held + bytes) == 0)
        {
            _ofCallers.TryRemove(KeyValuePair.Create(caller, 0L));
        }
    }

    /// <summary>Checks the limits.</summary>
    /// <exception cref="Failure">UNAVAILABLE: all calls together hold too many bytes. RESOURCE_EXHAUSTED: the calls of this caller
    /// do.</exception>
    public void Check(CallerKey caller)
    {
        if (_ofCallers.GetValueOrDefault(caller) > _limitOfCaller)
        {
            throw Failure.TooManyCalls(Texts.Of(
                $"Your calls reached their limit of {_limitOfCaller:N0} bytes (setting Limits:BodyMemoryPerCaller); nothing was changed."),
                RetryAfter);
        }

        if (Volatile.Read(ref _held) > _limit)
        {
            throw Failure.Overloaded(
                Texts.Of($"Request bodies reached the limit of {_limit:N0} bytes (setting Limits:BodyMemory); nothing was changed."));
        }
    }
}
