using System.Text;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Texts as they are stored: PostgreSQL's hold every character but U+0000. That one, and the two that stand in for it, are written as four
/// of those two, by a comma-free code: no word of it is found where two others meet. So what is stored compares, sorts, begins, ends and
/// contains as the text itself does. All other texts are stored as they are.
/// </summary>
internal static class PostgresText
{
    private const int WordLength = 4;

    /// <summary>For U+0000, U+0001 and U+0002, in the characters' own order.</summary>
    private static readonly string[] Words = ["\u0001\u0001\u0001\u0002", "\u0001\u0001\u0002\u0002", "\u0001\u0002\u0002\u0002"];

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
