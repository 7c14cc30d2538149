using System.Buffers;

namespace ForeignGrpc.Server.Rest;

/// <summary>What is to be answered, while it is made. A large answer is in pieces, which are shared with others: it is not copied to grow, and leaves nothing behind.</summary>
internal sealed class AnswerBuffer : IBufferWriter<byte>
{
    private const int PieceSize = 64 * 1024;

    /// <summary>The first, which is kept for the next answer and enough for most.</summary>
    private readonly byte[] _first = new byte[8 * 1024];
    private readonly List<ArraySegment<byte>> _full = [];
    private byte[] _piece;
    private int _written;

    public AnswerBuffer() => _piece = _first;

    /// <summary>How many bytes have been written.</summary>
    public long Length => _full.Sum(static piece => (long)piece.Count) + _written;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _piece.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _piece.AsSpan(_written);
    }

    /// <summary>Writes all of it, and is empty again.</summary>
    public void MoveTo(IBufferWriter<byte> output)
    {
        foreach (var piece in _full)
        {
            output.Write(piece);
        }

        output.Write(_piece.AsSpan(0, _written));
        Clear();
    }

    /// <summary>Forgets what has been written.</summary>
    public void Clear()
    {
        foreach (var piece in _full)
        {
            Return(piece.Array!);
        }

        Return(_piece);
        _full.Clear();
        (_piece, _written) = (_first, 0);
    }

    private void MakeRoom(int sizeHint)
    {
        if (_piece.Length - _written < Math.Max(sizeHint, 1))
        {
            _full.Add(new ArraySegment<byte>(_piece, 0, _written));
            (_piece, _written) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, PieceSize)), 0);
        }
    }

    private void Return(byte[] piece)
    {
        if (piece != _first)
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
