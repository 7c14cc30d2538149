using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// What a call is going to answer, in bytes that are about those on the wire. When it is large it has its turn until they are on their way,
/// and counts until the call has ended.
/// </summary>
internal sealed class LargeAnswer(HttpContext call, FairTurns turns, BodyMemory memory, int limit) : IDisposable
{
    /// <summary>One of fewer bytes neither waits nor counts; the number of calls limits those.</summary>
    private const int Large = 64 * 1024;

    private readonly CallerKey _caller = CallerKey.Of(call);
    private readonly Lock _lock = new();
    private IDisposable? _turn;
    private bool _isOver;
    private long _bytes;
    private long _held;

    /// <summary>
    /// Makes room for so many bytes more. When that makes it large, waits for its turn; from then on there is room for it, as what is half
    /// done is wasted.
    /// </summary>
    /// <exception cref="Failure">UNAVAILABLE: bodies hold too much already. RESOURCE_EXHAUSTED: no answer may be that large.</exception>
    public async ValueTask GrowAsync(long bytes, CancellationToken cancellationToken)
    {
        _bytes += bytes;
        if (_bytes <= Large)
        {
            return;
        }

        if (_bytes > limit)
        {
            throw Failure.TooLarge(limit);
        }

        var isNew = _held == 0;
        memory.Note(_caller, _bytes - _held);
        _held = _bytes;
        if (isNew)
        {
            call.Features.Set(this);
            call.Response.RegisterForDispose(this);
            memory.Check(_caller);
            await TakeTurnAsync(cancellationToken);
            memory.Check(_caller);
        }
    }

    /// <summary>Counts what the answer holds beyond what was foreseen: the bytes that are rendered of it by now.</summary>
    public void Count(long rendered)
    {
        if (rendered > _held)
        {
            memory.Note(_caller, rendered - _held);
            _held = rendered;
        }
    }

    /// <summary>Waits until the caller has read most of it, which nobody else does for a gRPC message.</summary>
    public async Task FlushAsync() => await call.Response.BodyWriter.FlushAsync(call.RequestAborted);

    public void Dispose()
    {
        EndTurn();
        memory.Note(_caller, -_held);
    }

    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        call.Response.OnStarting(() =>
        {
            EndTurn();
            return Task.CompletedTask;
        });
        var turn = await turns.TakeAsync(call.Features.GetRequiredFeature<Caller>().Identity, cancellationToken);
        lock (_lock)
        {
            if (!_isOver)
            {
                _turn = turn;
                return;
            }
        }

        // A deadline has answered meanwhile.
        turn?.Dispose();
        throw Failure.GivenUp();
    }

    private void EndTurn()
    {
        lock (_lock)
        {
            _isOver = true;
            _turn?.Dispose();
            _turn = null;
        }
    }
}
