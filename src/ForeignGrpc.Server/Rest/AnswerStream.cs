using System.Buffers;

namespace ForeignGrpc.Server.Rest;

/// <summary>An <see cref="AnswerBuffer"/> as a stream, for writers that know no other.</summary>
internal sealed class AnswerStream(AnswerBuffer answer) : Stream
{
    private readonly AnswerBuffer _answer = answer;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _answer.Length;

    public override long Position
    {
        get => _answer.Length;
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
        // What is written is in the buffer.
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _answer.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
