using System.Text;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Encodes texts for PostgreSQL, whose texts cannot contain U+0000. The characters U+0000, U+0001 and U+0002 are each encoded as a word of
/// four characters U+0001 and U+0002. The code is comma-free: no word occurs where two words meet. So encoded texts compare, sort, begin,
/// end and contain as the texts do. All other characters stay as they are.
/// </summary>
internal static class PostgresText
{
    private const int WordLength = 4;

    /// <summary>The words of U+0000, U+0001 and U+0002. They sort as the characters do.</summary>
    public static readonly string[] Words = ["\u0001\u0001\u0001\u0002", "\u0001\u0001\u0002\u0002", "\u0001\u0002\u0002\u0002"];

    public static string Encode(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\u0000', '\u0002') < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + WordLength);
        foreach (var character in text)
        {
            _ = character <= '\u0002' ? encoded.Append(Words[character]) : encoded.Append(character);
        }

        return encoded.ToString();
    }

    public static string Decode(string stored)
    {
        if (!stored.Contains('\u0001', StringComparison.Ordinal))
        {
            return stored;
        }

        var text = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            if (stored[i] == '\u0001')
            {
                text.Append((char)Array.IndexOf(Words, stored.Substring(i, WordLength)));
                i += WordLength - 1;
            }
            else
            {
                text.Append(stored[i]);
            }
        }

        return text.ToString();
    }
}
