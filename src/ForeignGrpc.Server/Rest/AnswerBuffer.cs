using System.Buffers;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The body of a response while it is rendered. A large body consists of pieces from a shared pool, which are returned one by one as they
/// are sent. The buffer grows without copying.
/// </summary>
internal sealed class AnswerBuffer : IBufferWriter<byte>
{
    private const int PieceSize = 64 * 1024;

    /// <summary>The first piece. It is large enough for most responses and reused for the next response.</summary>
    private readonly byte[] _first = new byte[8 * 1024];
    private readonly List<ArraySegment<byte>> _full = [];
    private byte[] _piece;
    private int _written;
    private long _lengthOfFull;
    private Action<long>? _counted;

    public AnswerBuffer() => _piece = _first;

    /// <summary>The number of bytes written.</summary>
    public long Length => _lengthOfFull + _written;

    /// <summary>Whether there is more than the first piece.</summary>
    public bool IsLarge => _full.Count > 0;

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

    /// <summary>Empties the buffer for the next body.</summary>
    /// <param name="counted">Called with the length so far at each new piece. May throw to stop the rendering. Null for no calls.</param>
    public void Begin(Action<long>? counted)
    {
        Clear();
        _counted = counted;
    }

    /// <summary>Writes the body to the output and empties the buffer. Only for a body that is not large.</summary>
    public void MoveTo(IBufferWriter<byte> output)
    {
        output.Write(_piece.AsSpan(0, _written));
        Clear();
    }

    /// <summary>Removes all pieces, in order. The caller must return each piece to the shared pool.</summary>
    public List<ArraySegment<byte>> Take()
    {
        List<ArraySegment<byte>> pieces = [.. _full, new ArraySegment<byte>(_piece, 0, _written)];
        var first = ArrayPool<byte>.Shared.Rent(_first.Length);
        _first.CopyTo(first, 0);
        pieces[0] = new ArraySegment<byte>(first, 0, pieces[0].Count);
        Reset();
        return pieces;
    }

    /// <summary>Discards everything written.</summary>
    public void Clear()
    {
        foreach (var piece in _full)
        {
            Return(piece.Array!);
        }

        Return(_piece);
        Reset();
    }

    private void Reset()
    {
        _full.Clear();
        (_piece, _written, _lengthOfFull, _counted) = (_first, 0, 0, null);
    }

    private void MakeRoom(int sizeHint)
    {
        if (_piece.Length - _written < Math.Max(sizeHint, 1))
        {
            _full.Add(new ArraySegment<byte>(_piece, 0, _written));
            _lengthOfFull += _written;
            (_piece, _written) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, PieceSize)), 0);
            _counted?.Invoke(_lengthOfFull);
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
