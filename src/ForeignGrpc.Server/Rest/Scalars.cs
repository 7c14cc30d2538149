using System.Globalization;

namespace ForeignGrpc.Server.Rest;

/// <summary>Values that arrive as text, from paths, queries and quoted JSON alike, and the errors about them.</summary>
internal static class Scalars
{
    private const int LongestExcerpt = 60;

    public static int? TryParseInt32(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static bool? TryParseBool(string text) => bool.TryParse(text, out var value) ? value : null;

    public static RestException Invalid(string path, string what) => new(StatusCodes.Status400BadRequest, $"{path} {what}");

    public static string Quote(string text) => $"\"{Shorten(text)}\"";

    /// <summary>Enough of a value to recognise it by; never half a surrogate pair.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= LongestExcerpt)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[LongestExcerpt - 1]) ? LongestExcerpt - 1 : LongestExcerpt;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
