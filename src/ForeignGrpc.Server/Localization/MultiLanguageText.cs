using System.Text.RegularExpressions;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// Values that hold one text in several languages, such as `US:"Supplier";NO:"Leverandør"`, as the documented API keeps them: the
/// whole string is such parts. A quote within a text is doubled.
/// </summary>
internal static partial class MultiLanguageText
{
    /// <summary>The documented prefixes of languages, by their ISO 639-1 codes.</summary>
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

    /// <summary>Whether values may hold texts of this language.</summary>
    /// <param name="language">An ISO 639-1 code.</param>
    public static bool Knows(string language) => Prefixes.ContainsKey(language);

    /// <summary>The text in the language, or in English, or the value's first; any other value as it is.</summary>
    public static string In(string? language, string value)
    {
        if (language is null || !MayBeOne(value) || Whole().Match(value) is not { Success: true } match)
        {
            return value;
        }

        var texts = match.Groups["prefix"].Captures.Zip(match.Groups["text"].Captures, (prefix, text) => (Prefix: prefix.Value, Text: text.Value)).ToList();
        var wanted = Prefixes.GetValueOrDefault(language, English);
        var found = texts.FirstOrDefault(part => part.Prefix == wanted);
        found = found.Prefix is null ? texts.FirstOrDefault(part => part.Prefix == English) : found;
        return (found.Prefix is null ? texts[0] : found).Text.Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    /// <summary>A quick look that spares nearly all values the long one.</summary>
    private static bool MayBeOne(string value) => value.Length >= 5 && value[2] == ':' && value[3] == '"' && value[^1] is '"' or ';';

    [GeneratedRegex("""^(?:(?<prefix>US|NO|SW|DA|GE|NL|FR|SP|FI|PL|IT|RU|CZ|JP|CN):"(?<text>(?:[^"]|"")*)"(?:;|$))+$""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Whole();
}
