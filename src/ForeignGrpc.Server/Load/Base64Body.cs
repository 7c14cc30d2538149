using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Decodes a base64 body while it is read. The body may be several pieces of base64, each with its own padding. A body that is not base64
/// throws an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class Base64Body : Stream, IRequestBodyPipeFeature
{
    /// <summary>The number of characters that encode three bytes.</summary>
    private const int Group = 4;

    private readonly byte[] _characters = new byte[4096];
    private readonly PipeReader _body;
    private readonly PipeReader _decoded;

    private Base64Body(PipeReader body) =>
        (_body, _decoded) = (body, PipeReader.Create(this, new StreamPipeReaderOptions(leaveOpen: true)));

    PipeReader IRequestBodyPipeFeature.Reader => _decoded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts the decoder in front of the body of a call. The caller must dispose of it when the call ends.</summary>
    public static Base64Body Attach(HttpContext call)
    {
        var body = new Base64Body(call.Request.BodyReader);
        call.Features.Set<IRequestBodyPipeFeature>(body);
        return body;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await _body.ReadAsync(cancellationToken);
            int written;
            long consumed = 0;
            try
            {
                written = Decode(read.Buffer, buffer.Span, out consumed);
            }
            finally
            {
                var position = read.Buffer.GetPosition(consumed);
                _body.AdvanceTo(position, consumed > 0 ? position : read.Buffer.End);
            }

            if (written > 0 || (read.IsCompleted && consumed == read.Buffer.Length))
            {
                return written;
            }

            if (read.IsCompleted)
            {
                throw new InvalidDataException("The body ends within a group of base64 characters.");
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _decoded.Complete();
        base.Dispose(disposing);
    }

    /// <summary>Decodes as many whole groups as there are and as fit.</summary>
    /// <param name="encoded">The characters.</param>
    /// <param name="decoded">Takes the bytes.</param>
    /// <param name="consumed">The number of characters that were decoded.</param>
    /// <returns>The number of bytes.</returns>
    private int Decode(in ReadOnlySequence<byte> encoded, Span<byte> decoded, out long consumed)
    {
        var groups = Math.Min(Math.Min(encoded.Length, _characters.Length) / Group, decoded.Length / 3);
        var characters = _characters.AsSpan(0, (int)groups * Group);
        encoded.Slice(0, characters.Length).CopyTo(characters);
        var (written, begun) = (0, 0);
        while (begun < characters.Length)
        {
            var piece = PieceOf(characters[begun..]);
            if (piece.ContainsAny(" \t\r\n"u8)
                || Base64.DecodeFromUtf8(piece, decoded[written..], out _, out var bytes) != OperationStatus.Done)
            {
                throw new InvalidDataException("The body is not base64.");
            }

            begun += piece.Length;
            written += bytes;
        }

        consumed = begun;
        return written;
    }

    /// <summary>The groups up to the first one with padding.</summary>
    private static ReadOnlySpan<byte> PieceOf(ReadOnlySpan<byte> characters) =>
        characters.IndexOf((byte)'=') is >= 0 and var padding ? characters[..(((padding / Group) + 1) * Group)] : characters;
}
