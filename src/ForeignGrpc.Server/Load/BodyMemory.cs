using ForeignGrpc.Server.Agent;
using ForeignGrpc.Server.Localization;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>What the bodies hold that are on their way in, and the large answers on their way out.</summary>
internal sealed class BodyMemory(IOptions<LoadLimits> limits)
{
    private readonly long _limit = limits.Value.BodyMemory;
    private long _held;

    /// <summary>Notes that so many bytes more are held, or, below 0, fewer.</summary>
    public void Note(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <exception cref="RpcException">UNAVAILABLE: too much is held.</exception>
    public void Check()
    {
        if (Volatile.Read(ref _held) > _limit)
        {
            throw Failures.Overloaded(Texts.Of($"The bodies under way hold {_limit:N0} bytes (setting Limits:BodyMemory) already; nothing was changed."));
        }
    }
}
