namespace ForeignGrpc.Server.Localization;

/// <summary>The beginning of a text that a caller sent, for error messages.</summary>
internal static class Excerpt
{
    /// <summary>The length of the longest excerpt, in UTF-16 code units.</summary>
    public const int Longest = 60;

    /// <summary>The text, or its beginning and `…`. Never splits a surrogate pair.</summary>
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
