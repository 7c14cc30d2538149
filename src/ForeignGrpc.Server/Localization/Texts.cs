using System.Collections.Frozen;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// The texts of the server. The code has them in English, where they are used. `texts.tsv` has the translations; its first column is the
/// English text with numbered placeholders. A text without a translation stays English. Values of placeholders are not translated; numbers
/// and dates among them are formatted in the culture of the call.
/// </summary>
internal static class Texts
{
    private const string Resource = "texts.tsv";

    private static readonly (FrozenDictionary<string, int> Columns, FrozenDictionary<string, string[]> Rows) Table = Read();

    /// <summary>The ISO 639-1 codes of the languages that texts are available in.</summary>
    public static IEnumerable<string> Languages => Table.Columns.Keys;

    /// <summary>The ISO 639-1 code of the language in which a call gets texts.</summary>
    public static string LanguageOf(CallLanguage? call) =>
        call is not null && Table.Columns.ContainsKey(call.Language) ? call.Language : CallLanguage.English;

    /// <summary>Creates a text, or a part of a sentence, from an English string with placeholders.</summary>
    public static Text Of(FormattableString text) => new(text.Format, text.GetArguments());

    /// <summary>Creates a text from one of <see cref="Phrases"/>.</summary>
    public static Text Phrase(string english) => new(english);

    /// <summary>The translation of a text, with its placeholders; null if there is none.</summary>
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
