using System.IO.Pipelines;
using ForeignGrpc.Server.Agent;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// A request's body, which is read until it, or the gRPC message in it, is whole: notes what it holds until then. What is small does not count; the
/// number of calls limits it. A gRPC caller who gives up is no error of the server's, and so none for its log.
/// </summary>
internal sealed class MeteredBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private const int Small = 16 * 1024;

    private readonly PipeReader _body;
    private readonly HttpContext _call;
    private readonly BodyMemory _memory;
    private readonly bool _isGrpc;
    private long _held;

    private MeteredBody(HttpContext call, BodyMemory memory) => (_body, _call, _memory, _isGrpc) = (call.Request.BodyReader, call, memory, call.Request.IsGrpc());

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Has the call's body read through a meter; null where it has none.</summary>
    public static MeteredBody? Attach(HttpContext call, BodyMemory memory)
    {
        if (call.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        var metered = new MeteredBody(call, memory);
        call.Features.Set<IRequestBodyPipeFeature>(metered);
        return metered;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Note(await _body.ReadAsync(cancellationToken));
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
    public void Dispose() => Hold(0);

    /// <exception cref="RpcException">UNAVAILABLE: bodies hold too much. What has been read of this one is dropped.</exception>
    private ReadResult Note(ReadResult result)
    {
        var held = result.Buffer.Length <= Small ? 0 : result.Buffer.Length;
        var isMore = held > _held;
        Hold(held);
        try
        {
            if (isMore)
            {
                _memory.Check();
            }

            return result;
        }
        catch
        {
            _body.AdvanceTo(result.Buffer.End);
            throw;
        }
    }

    private void Hold(long bytes)
    {
        if (bytes != _held)
        {
            _memory.Note(bytes - _held);
            _held = bytes;
        }
    }

    /// <summary>What is left of an HTTP/1 connection cannot be told from the rest of the body, so nothing more is read from it.</summary>
    private Exception Failed(IOException failure)
    {
        if (_isGrpc)
        {
            return Failures.GivenUp();
        }

        if (!HttpProtocol.IsHttp2(_call.Request.Protocol))
        {
            _call.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }

        return failure;
    }
}
