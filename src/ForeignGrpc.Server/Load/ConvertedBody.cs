using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>The body of a request that is converted while it is read. A subclass reads from <see cref="Body"/>.</summary>
internal abstract class ConvertedBody : Stream, IRequestBodyPipeFeature
{
    private readonly PipeReader _converted;

    /// <summary>Puts the converter in front of the body of a call. The caller must dispose of it when the call ends.</summary>
    protected ConvertedBody(HttpContext call)
    {
        (Body, _converted) = (call.Request.BodyReader, PipeReader.Create(this, new StreamPipeReaderOptions(leaveOpen: true)));
        call.Features.Set<IRequestBodyPipeFeature>(this);
    }

    PipeReader IRequestBodyPipeFeature.Reader => _converted;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The body as it was sent.</summary>
    protected PipeReader Body { get; }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _converted.Complete();
        base.Dispose(disposing);
    }
}
