using ForeignGrpc.Server.Agent;
using Grpc.Core;

namespace ForeignGrpc.Server.Load;

/// <summary>What a call is going to answer, in bytes that are about those on the wire. It has its turn until they are on their way, and counts until the call has ended.</summary>
internal sealed class LargeAnswer(HttpContext call, SemaphoreSlim turns, BodyMemory memory, int limit) : IDisposable
{
    /// <summary>One of fewer bytes neither waits nor counts; the number of calls limits those.</summary>
    private const int Large = 64 * 1024;

    private Turn _turn;
    private long _bytes;
    private long _held;

    private enum Turn
    {
        NotYet,
        Now,
        Over,
    }

    /// <summary>Makes room for so many bytes more. When that makes it large, waits for its turn; from then on there is room for it, as what is half done is wasted.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: bodies hold too much already. RESOURCE_EXHAUSTED: no answer may be that large.</exception>
    public async ValueTask GrowAsync(long bytes, CancellationToken cancellationToken)
    {
        _bytes += bytes;
        if (_bytes <= Large)
        {
            return;
        }

        if (_bytes > limit)
        {
            throw Failures.TooLarge(limit);
        }

        var isNew = _held == 0;
        memory.Note(_bytes - _held);
        _held = _bytes;
        if (isNew)
        {
            call.Features.Set(this);
            call.Response.RegisterForDispose(this);
            memory.Check();
            await TakeTurnAsync(cancellationToken);
            memory.Check();
        }
    }

    /// <summary>Waits until the caller has read most of it, which nobody else does for a gRPC message.</summary>
    public async Task FlushAsync() => await call.Response.BodyWriter.FlushAsync(call.RequestAborted);

    public void Dispose()
    {
        EndTurn();
        memory.Note(-_held);
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        call.Response.OnStarting(() =>
        {
            EndTurn();
            return Task.CompletedTask;
        });
        await turns.WaitAsync(cancellationToken);
        if (Interlocked.CompareExchange(ref _turn, Turn.Now, Turn.NotYet) == Turn.Over)
        {
            // A deadline has answered meanwhile.
            turns.Release();
            throw Failures.GivenUp();
        }
    }

    private void EndTurn()
    {
        if (Interlocked.Exchange(ref _turn, Turn.Over) == Turn.Now)
        {
            turns.Release();
        }
    }
}
