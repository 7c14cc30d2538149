using System.Buffers;
using System.IO.Pipelines;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// A request's body, which is read until it, or the gRPC message in it, is whole: counts the bytes that it holds until then, and gives up a
/// body that is not whole in time. Small bodies do not count; the number of calls limits these. A body of more than 4 KiB that is whole
/// waits for its turn to be parsed. A gRPC caller who gives up is no error of the server's, and so none for its log.
/// </summary>
internal sealed class MeteredBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private const int Small = 16 * 1024;

    /// <summary>A larger body takes its turn to be parsed.</summary>
    private const int Quick = 4 * 1024;

    /// <summary>What stands before a gRPC message: a flag and its length.</summary>
    private const int GrpcHead = 5;

    private readonly PipeReader _body;
    private readonly HttpContext _call;
    private readonly CallerKey _caller;
    private readonly BodyMemory _memory;
    private readonly LoadLimits _limits;
    private readonly bool _isGrpc;
    private readonly BodyWait _wait;
    private readonly FairTurns _parsing;
    private ReadResult _result;
    private IDisposable? _turn;
    private long _held;

    private MeteredBody(
        HttpContext call, CallerKey caller, BodyMemory memory, FairTurns parsing, LoadLimits limits, CancellationToken stopping)
    {
        (_call, _caller, _memory, _parsing, _limits) = (call, caller, memory, parsing, limits);
        (_body, _isGrpc) = (call.Request.BodyReader, call.Request.IsGrpc());
        _wait = new BodyWait(_body, TimeSpan.FromSeconds(limits.BodySeconds), stopping);
    }

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Has the call's body read through a meter; null where it has none.</summary>
    /// <param name="call">The call.</param>
    /// <param name="caller">Whose body it is.</param>
    /// <param name="memory">What bodies hold.</param>
    /// <param name="parsing">The turns to parse a body.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="stopping">The server stops.</param>
    public static MeteredBody? Attach(
        HttpContext call, CallerKey caller, BodyMemory memory, FairTurns parsing, LoadLimits limits, CancellationToken stopping)
    {
        if (call.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        var metered = new MeteredBody(call, caller, memory, parsing, limits, stopping);
        call.Features.Set<IRequestBodyPipeFeature>(metered);
        return metered;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var read = _body.ReadAsync(cancellationToken);
            if (!read.IsCompleted)
            {
                _wait.Begin();
            }

            var result = Note(await read);
            if (result.Buffer.Length > Quick && IsWhole(result))
            {
                await TakeTurnAsync(result);
            }

            return result;
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        var isRead = _body.TryRead(out result);
        if (isRead)
        {
            Note(result);
        }

        return isRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!consumed.Equals(_result.Buffer.Start))
        {
            _wait.End();
            EndTurn();
        }

        try
        {
            _body.AdvanceTo(consumed, examined);
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public override void CancelPendingRead() => _body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    /// <summary>The call has ended: it holds nothing.</summary>
    public void Dispose()
    {
        _wait.Dispose();
        EndTurn();
        Hold(0);
    }

    /// <exception cref="Failure">The body is refused, for its size, its time, or because bodies hold too much. What has been read of it is
    /// dropped.</exception>
    private ReadResult Note(ReadResult result)
    {
        _result = result;
        var length = result.Buffer.Length;
        var held = length <= Small ? 0 : length;
        var isMore = held > _held;
        Hold(held);
        try
        {
            Check(result, length, isMore);
            return result;
        }
        catch (Failure failure)
        {
            Drop(result);
            throw Answerable(failure);
        }
    }

    private async Task TakeTurnAsync(ReadResult result)
    {
        _wait.End();
        try
        {
            _turn ??= await _parsing.TakeAsync(_caller.Name, _call.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Drop(result);
            throw;
        }
    }

    private void Drop(in ReadResult result)
    {
        _body.AdvanceTo(result.Buffer.End);
        CloseAfterwards();
    }

    private void Check(in ReadResult result, long length, bool isMore)
    {
        if (result.IsCanceled && _wait.GaveUp is { } failure)
        {
            throw failure();
        }

        if (!_caller.IsKnown && length > _limits.AnonymousBodyBytes + (_isGrpc ? GrpcHead : 0))
        {
            throw Failure.BodyTooLarge(_limits.AnonymousBodyBytes);
        }

        if (isMore)
        {
            _memory.Check(_caller);
        }
    }

    private bool IsWhole(in ReadResult result)
    {
        if (!_isGrpc)
        {
            return result.IsCompleted;
        }

        var message = new SequenceReader<byte>(result.Buffer);
        message.Advance(1);
        return message.TryReadBigEndian(out int length) && message.Remaining >= length;
    }

    private void EndTurn()
    {
        _turn?.Dispose();
        _turn = null;
    }

    private void Hold(long bytes)
    {
        if (bytes != _held)
        {
            _memory.Note(_caller, bytes - _held);
            _held = bytes;
        }
    }

    private Exception Failed(IOException failure)
    {
        if (_isGrpc)
        {
            return Answerable(Failure.GivenUp());
        }

        CloseAfterwards();
        return failure;
    }

    /// <summary>The failure as the reader of the body answers it: gRPC reads messages before any interceptor sees the call.</summary>
    private Exception Answerable(Failure failure) => _isGrpc ? failure.ToGrpc(CallLanguage.Of(_call)) : failure;

    /// <summary>What is left of an HTTP/1 connection cannot be told from the rest of the body, so nothing more is read from it.</summary>
    private void CloseAfterwards()
    {
        if (!_isGrpc && !HttpProtocol.IsHttp2(_call.Request.Protocol))
        {
            _call.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }
}
