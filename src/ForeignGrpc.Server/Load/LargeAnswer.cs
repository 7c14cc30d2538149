using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The size of the response of a call, in estimated bytes. A response of more than 64 KiB waits for a slot, keeps the slot until the
/// response starts, and counts in <see cref="BodyMemory"/> until the call ends.
/// </summary>
internal sealed class LargeAnswer(HttpContext call, FairTurns turns, BodyMemory memory, int limit) : IDisposable
{
    /// <summary>The largest response that neither waits nor counts. The number of calls limits such responses.</summary>
    private const int Large = 64 * 1024;

    private readonly HeldMemory _held = new(memory, CallerKey.Of(call));
    private readonly Lock _lock = new();
    private IDisposable? _turn;
    private bool _isOver;
    private long _bytes;

    /// <summary>
    /// Adds bytes to the response. When the response becomes large, waits for a slot. Only then is the memory limit checked: a response
    /// that has its slot may grow, because rejecting it would waste the work so far.
    /// </summary>
    /// <exception cref="Failure">UNAVAILABLE or RESOURCE_EXHAUSTED: see <see cref="BodyMemory.Check"/>; or RESOURCE_EXHAUSTED: the response
    /// is larger than `Limits:AnswerBytes`.</exception>
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

        var isNew = _held.Bytes == 0;
        _held.Set(_bytes);
        if (isNew)
        {
            call.Features.Set(this);
            call.Response.RegisterForDispose(this);
            _held.Check();
            await TakeTurnAsync(cancellationToken);
            _held.Check();
        }
    }

    /// <summary>Counts the bytes rendered so far, if they exceed the estimate.</summary>
    public void Count(long rendered)
    {
        if (rendered > _held.Bytes)
        {
            _held.Set(rendered);
        }
    }

    /// <summary>Waits until the client has read most of the response. gRPC itself does not wait for this.</summary>
    public async Task FlushAsync() => await call.Response.BodyWriter.FlushAsync(call.RequestAborted);

    public void Dispose()
    {
        EndTurn();
        _held.Dispose();
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

        // The deadline of the call passed during the wait, and the response has started.
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
