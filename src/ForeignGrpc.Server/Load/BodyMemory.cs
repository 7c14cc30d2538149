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
    /// <exception cref="RpcException">UNAVAILABLE: that would be too many; it is noted all the same, until it is taken back.</exception>
    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) > _limit && bytes > 0)
        {
            throw Failures.Overloaded(Texts.Of($"The bodies under way hold {_limit:N0} bytes (setting Limits:BodyMemory) already; nothing was changed."));
        }
    }

    /// <summary>Holds so many bytes until the result is disposed of.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: that would be too many.</exception>
    public IDisposable Hold(long bytes)
    {
        var held = new Held(this, bytes);
        try
        {
            Add(bytes);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private sealed class Held(BodyMemory memory, long bytes) : IDisposable
    {
        public void Dispose() => memory.Add(-bytes);
    }
}
