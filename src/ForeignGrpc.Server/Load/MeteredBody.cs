using System.IO.Pipelines;
using ForeignGrpc.Server.Agent;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// A request's body, which is read until it, or the gRPC message in it, is whole: notes what it holds until then. What is small does not
/// count; the number of calls limits it. A gRPC caller who gives up is no error of the server's, and
/// so none for its log.
/// </summary>
internal sealed class MeteredBody : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private const int Small = 16 * 1024;

    private readonly PipeReader _body;
    private readonly BodyMemory _memory;
    private readonly bool _isGrpc;
    private long _held;

    private MeteredBody(HttpRequest request, BodyMemory memory) => (_body, _memory, _isGrpc) = (request.BodyReader, memory, request.IsGrpc());

    PipeReader IRequestBodyPipeFeature.Reader => this;

    /// <summary>Has the call's body read through a meter; null where it has none.</summary>
    public static MeteredBody? Attach(HttpContext context, BodyMemory memory)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        var metered = new MeteredBody(context.Request, memory);
        context.Features.Set<IRequestBodyPipeFeature>(metered);
        return metered;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return Note(await _body.ReadAsync(cancellationToken));
        }
        catch (IOException) when (_isGrpc)
        {
            throw Failures.GivenUp();
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
        catch (IOException) when (_isGrpc)
        {
            throw Failures.GivenUp();
        }
    }

    public override void CancelPendingRead() => _body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    /// <summary>The call has ended: it holds nothing.</summary>
    public void Dispose() => Hold(0);

    private ReadResult Note(ReadResult result)
    {
        Hold(result.Buffer.Length <= Small ? 0 : result.Buffer.Length);
        return result;
    }

    private void Hold(long bytes)
    {
        var more = bytes - _held;
        if (more != 0)
        {
            _held = bytes;
            _memory.Add(more);
        }
    }
}
