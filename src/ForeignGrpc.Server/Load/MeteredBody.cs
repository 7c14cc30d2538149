using System.IO.Pipelines;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The body of a request, with its limits. The reader buffers the body until the body, or the gRPC message in it, is complete. Until then
/// its bytes count in <see cref="BodyMemory"/> if there are more than 16 KiB; the number of calls limits smaller bodies. A body that is not
/// complete in time is rejected. A complete body of more than 4 KiB waits for a slot to be parsed and keeps the slot until it is consumed.
/// </summary>
internal sealed class MeteredBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    /// <summary>The largest body that does not count in <see cref="BodyMemory"/>, in bytes.</summary>
    private const int Small = 16 * 1024;

    /// <summary>The largest body that is parsed without waiting for a slot, in bytes.</summary>
    private const int Quick = 4 * 1024;

    private readonly PipeReader _body;
    private readonly HttpContext _call;
    private readonly CallerKey _caller;
    private readonly LoadLimits _limits;
    private readonly bool _isGrpc;
    private readonly HeldMemory _held;
    private readonly BodyWait _wait;
    private readonly FairTurns _parsing;
    private ReadResult _result;
    private IDisposable? _turn;

    private MeteredBody(
        HttpContext call, CallerKey caller, BodyMemory memory, FairTurns parsing, LoadLimits limits, CancellationToken stopping)
    {
        (_call, _caller, _parsing, _limits) = (call, caller, parsing, limits);
        (_body, _isGrpc) = (call.Request.BodyReader, call.Request.IsGrpc());
        _held = new HeldMemory(memory, caller);
        _wait = new BodyWait(_body, TimeSpan.FromSeconds(limits.BodySeconds), stopping);
    }

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Puts a metered reader in front of the body of a call. The caller must dispose of it when the call ends.</summary>
    /// <param name="call">The call.</param>
    /// <param name="caller">The caller, or the address of an anonymous caller.</param>
    /// <param name="memory">Counts the bytes of all bodies.</param>
    /// <param name="parsing">The slots for parsing.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="stopping">Cancelled when the server stops.</param>
    /// <returns>Null if the call has no body.</returns>
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

            var result = Meter(await read);
            if (result.Buffer.Length > Quick && IsWhole(result))
            {
                await TakeTurnAsync(result);
            }

            return result;
        }
        catch (BadHttpRequestException e) when (_isGrpc && e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            CloseAfterwards();
            throw Rendered(Failure.BodyTooLarge());
        }
        catch (IOException e)
        {
            throw Disconnected(e);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        var isRead = _body.TryRead(out result);
        if (isRead)
        {
            Meter(result);
        }

        return isRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!consumed.Equals(_result.Buffer.Start))
        {
            // The body or message was complete and has been parsed.
            _wait.End();
            EndTurn();
        }

        try
        {
            _body.AdvanceTo(consumed, examined);
        }
        catch (IOException e)
        {
            throw Disconnected(e);
        }
    }

    public override void CancelPendingRead() => _body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    /// <summary>Ends the wait, the slot and the count of bytes when the call ends.</summary>
    public void Dispose()
    {
        _wait.Dispose();
        EndTurn();
        _held.Dispose();
    }

    /// <summary>Counts the bytes of the body and checks them against the limits.</summary>
    /// <exception cref="Failure">The body is too large, too slow, or all bodies hold too much memory. The bytes read so far are dropped.
    /// Over gRPC an <see cref="Grpc.Core.RpcException"/>.</exception>
    private ReadResult Meter(ReadResult result)
    {
        _result = result;
        var length = result.Buffer.Length;
        var held = length <= Small ? 0 : length;
        var isMore = held > _held.Bytes;
        _held.Set(held);
        try
        {
            Check(result, length, isMore);
            return result;
        }
        catch (Failure failure)
        {
            Drop(result);
            throw Rendered(failure);
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

        if (!_caller.IsKnown && length > _limits.AnonymousBodyBytes + (_isGrpc ? GrpcFrame.HeadLength : 0))
        {
            throw Failure.BodyTooLarge(_limits.AnonymousBodyBytes);
        }

        if (isMore)
        {
            _held.Check();
        }
    }

    private bool IsWhole(in ReadResult result) => _isGrpc ? GrpcFrame.IsWhole(result.Buffer) : result.IsCompleted;

    private void EndTurn()
    {
        _turn?.Dispose();
        _turn = null;
    }

    /// <summary>The exception for a broken connection. Over gRPC it is not logged: the caller gave up.</summary>
    private Exception Disconnected(IOException failure)
    {
        CloseAfterwards();
        return _isGrpc ? Rendered(Failure.GivenUp()) : failure;
    }

    /// <summary>
    /// The exception for a failure. gRPC reads messages before the interceptors run, so the failure is rendered here.
    /// </summary>
    private Exception Rendered(Failure failure) => _isGrpc ? Refusals.ToGrpc(_call, failure) : failure;

    /// <summary>
    /// Closes an HTTP/1 connection after the response: the rest of the body would be read as the next request. Streams of HTTP/2 are
    /// separate.
    /// </summary>
    private void CloseAfterwards()
    {
        if (!_call.IsHttp2Stream())
        {
            _call.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }
}
