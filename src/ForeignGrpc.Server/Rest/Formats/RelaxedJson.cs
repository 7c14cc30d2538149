using System.Buffers;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// JSON as Json.NET reads it, which the documented API is made with and its examples need: names and strings in single quotes, names in no
/// quotes, line breaks and tabs within strings. In time linear in its length; the result has at most twice the length and two bytes.
/// </summary>
internal static class RelaxedJson
{
    private static readonly SearchValues<byte> EndsOfRuns = SearchValues.Create("\"'\\\n\r\t"u8);

    /// <summary>The document with double quotes and escapes in their places. What is no JSON either way stays as it is.</summary>
    public static ReadOnlyMemory<byte> ToStrict(in ReadOnlySequence<byte> json)
    {
        var output = new ArrayBufferWriter<byte>((int)json.Length + 64);
        ReadOnlySpan<byte> rest = json.IsSingleSegment ? json.FirstSpan : json.ToArray();
        var before = (byte)0;
        while (!rest.IsEmpty)
        {
            var token = rest[0];
            var length = token switch
            {
                (byte)'"' or (byte)'\'' => WriteString(output, rest),
                (byte)'/' => WriteAsIs(output, rest, LengthOfComment(rest)),
                _ when LengthOfName(rest) is > 0 and var name => WriteWord(output, rest, name, mayBeName: before is (byte)'{' or (byte)','),
                _ => WriteAsIs(output, rest, 1),
            };
            if (token is not ((byte)'/' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                before = token;
            }

            rest = rest[length..];
        }

        return output.WrittenMemory;
    }

    /// <summary>Writes a string in double quotes.</summary>
    private static int WriteString(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        var (quote, i) = (text[0], 1);
        output.Write("\""u8);
        for (; i < text.Length && text[i] != quote; i++)
        {
            switch (text[i])
            {
                case (byte)'\\' when i + 1 < text.Length:
                    output.Write(text[++i] == '\'' ? "'"u8 : text.Slice(i - 1, 2));
                    break;
                case (byte)'"':
                    output.Write("\\\""u8);
                    break;
                case (byte)'\n':
                    output.Write("\\n"u8);
                    break;
                case (byte)'\r':
                    output.Write("\\r"u8);
                    break;
                case (byte)'\t':
                    output.Write("\\t"u8);
                    break;
                default:
                    var run = text[(i + 1)..].IndexOfAny(EndsOfRuns) is >= 0 and var end ? end : text.Length - i - 1;
                    output.Write(text.Slice(i, 1 + run));
                    i += run;
                    break;
            }
        }

        if (i < text.Length)
        {
            output.Write("\""u8);
        }

        return Math.Min(i + 1, text.Length);
    }

    /// <summary>Writes a word in quotes where it is the name of a property; else it is a number, `true`, `false` or `null`.</summary>
    private static int WriteWord(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> rest, int length, bool mayBeName)
    {
        if (!mayBeName || !rest[length..].TrimStart(" \t\r\n"u8).StartsWith(":"u8))
        {
            return WriteAsIs(output, rest, length);
        }

        output.Write("\""u8);
        WriteAsIs(output, rest, length);
        output.Write("\""u8);
        return length;
    }

    private static int WriteAsIs(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> rest, int length)
    {
        output.Write(rest[..length]);
        return length;
    }

    private static int LengthOfComment(ReadOnlySpan<byte> rest)
    {
        var (end, behind) = rest.StartsWith("//"u8) ? (rest.IndexOfAny((byte)'\r', (byte)'\n'), 0)
            : rest.StartsWith("/*"u8) ? (rest[2..].IndexOf("*/"u8), 4)
            : (0, 1);
        return end < 0 ? rest.Length : end + behind;
    }

    /// <summary>Letters, digits, `_` and `$`; bytes beyond ASCII are parts of letters.</summary>
    private static int LengthOfName(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length && (rest[length] is (byte)'_' or (byte)'$' or >= 0x80 || char.IsAsciiLetterOrDigit((char)rest[length])))
        {
            length++;
        }

        return length;
    }
}
