using System.Buffers;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>A write-only stream over a buffer, for writers that need a stream.</summary>
internal sealed class AnswerStream(IBufferWriter<byte> output) : Stream
{
    private readonly IBufferWriter<byte> _output = output;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // Writes go to the buffer at once.
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _output.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
