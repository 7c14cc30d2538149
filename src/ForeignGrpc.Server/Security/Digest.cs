using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ForeignGrpc.Server.Security;

/// <summary>A SHA-256 digest, which stands for a secret wherever something is remembered about one.</summary>
internal readonly record struct Digest(UInt128 Low, UInt128 High)
{
    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        return new Digest(BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]));
    }

    /// <summary>Its 32 bytes.</summary>
    public byte[] ToArray()
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(digest, Low);
        BinaryPrimitives.WriteUInt128LittleEndian(digest.AsSpan(16), High);
        return digest;
    }
}
