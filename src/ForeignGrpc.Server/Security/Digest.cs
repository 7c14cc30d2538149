using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ForeignGrpc.Server.Security;

/// <summary>A SHA-256 digest. Caches use the digest of a secret as key, so they never hold the secret.</summary>
internal readonly record struct Digest(UInt128 Low, UInt128 High)
{
    public static Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        return new Digest(BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]));
    }

    /// <summary>The 32 bytes of the digest.</summary>
    public byte[] ToArray()
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(digest, Low);
        BinaryPrimitives.WriteUInt128LittleEndian(digest.AsSpan(16), High);
        return digest;
    }
}
