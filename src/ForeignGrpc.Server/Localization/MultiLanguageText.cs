namespace ForeignGrpc.Server.Localization;

/// <summary>
/// Values that hold a text in several languages, such as `US:"Supplier";NO:"Leverandør"`, in the format of the documented API: parts of
/// prefix and quoted text, separated by semicolons. A quote within a text is doubled.
/// </summary>
internal static class MultiLanguageText
{
    /// <summary>The documented prefix of each language, by ISO 639-1 code.</summary>
    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = English,
        ["nb"] = "NO",
        ["no"] = "NO",
        ["nn"] = "NO",
        ["sv"] = "SW",
        ["da"] = "DA",
        ["de"] = "GE",
        ["nl"] = "NL",
        ["fr"] = "FR",
        ["es"] = "SP",
        ["fi"] = "FI",
        ["pl"] = "PL",
        ["it"] = "IT",
        ["ru"] = "RU",
        ["cs"] = "CZ",
        ["ja"] = "JP",
        ["zh"] = "CN",
    };

    private const string English = "US";

    /// <summary>Whether values may have texts in this language.</summary>
    /// <param name="language">An ISO 639-1 code.</param>
    public static bool Knows(string language) => Prefixes.ContainsKey(language);

    /// <summary>
    /// The text in the language; if there is none, the text in English; else the first text. A value in another format is returned
    /// unchanged, and so is every value if the language is null.
    /// </summary>
    public static string In(string? language, string value)
    {
        if (language is null || Parts(value) is not { Count: > 0 } parts)
        {
            return value;
        }

        var text = parts.GetValueOrDefault(Prefixes.GetValueOrDefault(language, English)) ?? parts.GetValueOrDefault(English)
            ?? parts.First().Value;
        return text.Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    /// <summary>The texts by prefix, in the order of the value; null if the value has another format.</summary>
    private static OrderedDictionary<string, string>? Parts(string value)
    {
        OrderedDictionary<string, string>? parts = null;
        for (var i = 0; i < value.Length;)
        {
            if (i + 4 > value.Length || value[i + 2] != ':' || value[i + 3] != '"' || !Prefixes.ContainsValue(value.Substring(i, 2)))
            {
                return null;
            }

            var end = EndOfText(value, i + 4);
            if (end < 0 || (end + 1 < value.Length && value[end + 1] != ';'))
            {
                return null;
            }

            (parts ??= []).TryAdd(value.Substring(i, 2), value[(i + 4)..end]);
            i = end + 2;
        }

        return parts;
    }

    /// <summary>The index of the quote that ends a text; -1 if there is none.</summary>
    private static int EndOfText(string value, int start)
    {
        for (var end = value.IndexOf('"', start); end >= 0; end = value.IndexOf('"', end + 2))
        {
            if (end + 1 >= value.Length || value[end + 1] != '"')
            {
                return end;
            }

            if (end + 2 >= value.Length)
            {
                return -1;
            }
        }

        return -1;
    }
}
