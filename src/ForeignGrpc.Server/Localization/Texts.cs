using System.Collections.Frozen;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// The server's own texts, written in English where they are used, and translated by `texts.tsv`, whose first column is the English
/// text with its holes numbered. Without a translation a text stays English. What stands in the holes is never translated; numbers
/// and dates among it are written as the call's culture does.
/// </summary>
internal static class Texts
{
    private const string Resource = "texts.tsv";

    private static readonly (FrozenDictionary<string, int> Columns, FrozenDictionary<string, string[]> Rows) Table = Read();

    /// <summary>The languages that texts are in, by their ISO 639-1 codes.</summary>
    public static IEnumerable<string> Languages => Table.Columns.Keys;

    /// <summary>The language that the texts of a call are in.</summary>
    public static string LanguageOf(CallLanguage? call) =>
        call is not null && Table.Columns.ContainsKey(call.Language) ? call.Language : CallLanguage.English;

    /// <summary>A text, whole or a part of a sentence.</summary>
    public static Text Of(FormattableString text) => new(text.Format, text.GetArguments());

    /// <summary>One of <see cref="Phrases"/>.</summary>
    public static Text Phrase(string english) => new(english);

    /// <summary>The text, with its holes, in a language; null when it has no translation.</summary>
    public static string? Find(string english, string language) =>
        Table.Rows.TryGetValue(english, out var row) && Table.Columns.TryGetValue(language, out var column) ? row[column] : null;

    private static (FrozenDictionary<string, int> Columns, FrozenDictionary<string, string[]> Rows) Read()
    {
        using var reader = new StreamReader(typeof(Texts).Assembly.GetManifestResourceStream(Resource)!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToArray();
        return (
            lines[0].Index().ToFrozenDictionary(column => column.Item, column => column.Index, StringComparer.OrdinalIgnoreCase),
            lines[1..].ToFrozenDictionary(row => row[0]));
    }
}
