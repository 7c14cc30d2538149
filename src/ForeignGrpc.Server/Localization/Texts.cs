using System.Collections.Frozen;
using System.Globalization;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// The server's own texts, written in English where they are used, and translated by `texts.tsv`, whose first column is the English
/// text with its holes numbered. Without a translation a text stays English. What stands in the holes is never translated; numbers
/// and dates among it are written as the call's culture does.
/// </summary>
internal static class Texts
{
    private const string Resource = "texts.tsv";

    private static readonly AsyncLocal<CallLanguage?> Current = new();
    private static readonly (FrozenDictionary<string, int> Columns, FrozenDictionary<string, string[]> Rows) Table = Read();

    /// <summary>The languages that texts are in, by their ISO 639-1 codes.</summary>
    public static IEnumerable<string> Languages => Table.Columns.Keys;

    /// <summary>The language of this call's texts.</summary>
    public static string Language => Current.Value is { } call && Table.Columns.ContainsKey(call.Language) ? call.Language : CallLanguage.English;

    /// <summary>From here on, in this call, texts are in its language.</summary>
    public static void Speak(CallLanguage? call) => Current.Value = call;

    /// <summary>The function, with texts in this call's language on whatever thread it runs.</summary>
    public static Func<T, TResult> Carry<T, TResult>(Func<T, TResult> function)
    {
        var call = Current.Value;
        return argument =>
        {
            var before = Current.Value;
            Current.Value = call;
            try
            {
                return function(argument);
            }
            finally
            {
                Current.Value = before;
            }
        };
    }

    /// <summary>A text, whole or a part of a sentence.</summary>
    public static string Of(FormattableString text) =>
        Current.Value is { } call
            ? string.Format(call.Culture, Translate(text.Format, call.Language), text.GetArguments())
            : text.ToString(CultureInfo.InvariantCulture);

    /// <summary>One of <see cref="Phrases"/>.</summary>
    public static string Phrase(string english) => Current.Value is { } call ? Translate(english, call.Language) : english;

    /// <summary>The text, with its holes, in a language; null when it has no translation.</summary>
    public static string? Find(string english, string language) =>
        Table.Rows.TryGetValue(english, out var row) && Table.Columns.TryGetValue(language, out var column) ? row[column] : null;

    private static string Translate(string english, string language) => Find(english, language) ?? english;

    private static (FrozenDictionary<string, int> Columns, FrozenDictionary<string, string[]> Rows) Read()
    {
        using var reader = new StreamReader(typeof(Texts).Assembly.GetManifestResourceStream(Resource)!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToArray();
        return (
            lines[0].Index().ToFrozenDictionary(column => column.Item, column => column.Index, StringComparer.OrdinalIgnoreCase),
            lines[1..].ToFrozenDictionary(row => row[0]));
    }
}
