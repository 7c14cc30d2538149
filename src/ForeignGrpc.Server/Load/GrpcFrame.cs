using System.Buffers;

namespace ForeignGrpc.Server.Load;

/// <summary>A message in the body of a gRPC call: one byte for compression, four bytes for the length, then the message.</summary>
internal static class GrpcFrame
{
    /// <summary>The number of bytes before the message.</summary>
    public const int HeadLength = 5;

    /// <summary>Whether the buffer has the whole first message.</summary>
    public static bool IsWhole(in ReadOnlySequence<byte> buffer)
    {
        var frame = new SequenceReader<byte>(buffer);
        return frame.TryRead(out _) && frame.TryReadBigEndian(out int length) && frame.Remaining >= length;
    }
}
