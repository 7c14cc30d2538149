namespace ForeignGrpc.Server.Localization;

/// <summary>Enough of a text that a caller sent to recognise it in an error.</summary>
internal static class Excerpt
{
    /// <summary>In UTF-16 code units.</summary>
    public const int Longest = 60;

    /// <summary>The text, or its beginning and `…`; never half a surrogate pair.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Longest)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
