using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ForeignGrpc.Store.Sql;

/// <summary>The hash by which keys are found by value: the lower 32 bits of XXH3. Databases store it, so it must never change.</summary>
internal static class ValueHash
{
    private const int NumbersLength = 16;
    private const int StackLength = 512;

    public static int Of(long device, int table, string name, string value)
    {
        var length = NumbersLength + (sizeof(char) * (name.Length + value.Length));
        var rented = length > StackLength ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> stack = stackalloc byte[StackLength];
        var parts = (rented ?? stack)[..length];
        BinaryPrimitives.WriteInt64LittleEndian(parts, device);
        BinaryPrimitives.WriteInt32LittleEndian(parts[8..], table);
        BinaryPrimitives.WriteInt32LittleEndian(parts[12..], name.Length);
        MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(parts[NumbersLength..]);
        MemoryMarshal.AsBytes(value.AsSpan()).CopyTo(parts[(NumbersLength + (sizeof(char) * name.Length))..]);
        var hash = unchecked((int)XxHash3.HashToUInt64(parts));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }
}
