using System.Buffers;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Decodes a base64 body while it is read. The body may be several pieces of base64, each with its own padding. A body that is not base64
/// throws an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class Base64Body(HttpContext call) : ConvertedBody(call)
{
    /// <summary>The number of characters that encode three bytes.</summary>
    private const int Group = 4;

    private const int BytesOfGroup = 3;
    private const int BitsOfCharacter = 6;
    private const byte Padding = (byte)'=';
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>The bits of each character; -1 for other bytes.</summary>
    private static readonly sbyte[] Values =
        [.. Enumerable.Range(0, 256).Select(character => (sbyte)Alphabet.IndexOf((char)character, StringComparison.Ordinal))];

    private readonly byte[] _characters = new byte[4096];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await Body.ReadAsync(cancellationToken);
            int written;
            long consumed = 0;
            try
            {
                written = Decode(read.Buffer, buffer.Span, out consumed);
            }
            finally
            {
                var position = read.Buffer.GetPosition(consumed);
                Body.AdvanceTo(position, consumed > 0 ? position : read.Buffer.End);
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

    /// <summary>Decodes as many whole groups as there are and as fit.</summary>
    /// <param name="encoded">The characters.</param>
    /// <param name="decoded">Takes the bytes.</param>
    /// <param name="consumed">The number of characters that were decoded.</param>
    /// <returns>The number of bytes.</returns>
    private int Decode(in ReadOnlySequence<byte> encoded, Span<byte> decoded, out long consumed)
    {
        var groups = Math.Min(Math.Min(encoded.Length, _characters.Length) / Group, decoded.Length / BytesOfGroup);
        var characters = _characters.AsSpan(0, (int)groups * Group);
        encoded.Slice(0, characters.Length).CopyTo(characters);
        consumed = characters.Length;
        var written = 0;
        for (; characters.Length > 0; characters = characters[Group..])
        {
            written += DecodeGroup(characters, decoded[written..]);
        }

        return written;
    }

    /// <summary>Decodes a group, which may end with padding. The framework's decoder is slow for many padded groups.</summary>
    private static int DecodeGroup(ReadOnlySpan<byte> group, Span<byte> decoded)
    {
        var bytes = group[3] != Padding ? BytesOfGroup : group[2] != Padding ? 2 : 1;
        var bits = 0;
        for (var i = 0; i < Group; i++)
        {
            var value = i <= bytes ? Values[group[i]] : 0;
            if (value < 0)
            {
                throw new InvalidDataException("The body is not base64.");
            }

            bits = (bits << BitsOfCharacter) | value;
        }

        for (var i = 0; i < bytes; i++)
        {
            decoded[i] = (byte)(bits >> (16 - (8 * i)));
        }

        return bytes;
    }
}
