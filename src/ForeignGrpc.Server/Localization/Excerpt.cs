namespace ForeignGrpc.Server.Localization;

/// <summary>The beginning of a text that a caller sent, for error messages.</summary>
internal static class Excerpt
{
    /// <summary>The usual length of the longest excerpt, in UTF-16 code units.</summary>
    public const int Longest = 60;

    /// <summary>The text, or its beginning and `…`. Never splits a surrogate pair.</summary>
    public static string Of(string text, int longest = Longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
