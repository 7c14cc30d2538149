using System.Collections.Frozen;

namespace ForeignGrpc.Store.Model;

/// <summary>The documented table names and numbers, from the embedded `tables.tsv`.</summary>
public static class TableCatalogue
{
    /// <summary>The number of no table. It is not 0, the number of the documented table `sequence`.</summary>
    public const int Unbound = -1;

    /// <summary>The number of the first registered table name. Documented numbers are smaller.</summary>
    public const int FirstRegistered = 100_000;

    private static readonly FrozenDictionary<int, string> Names = Read().ToFrozenDictionary(t => t.Number, t => t.Name);

    private static readonly FrozenDictionary<string, int> Numbers =
        Names.ToFrozenDictionary(t => t.Value, t => t.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>All documented numbers and names.</summary>
    public static IReadOnlyDictionary<int, string> Documented => Names;

    /// <summary>
    /// Finds the documented number of a table by its name in any case; null when it is not documented. Blank is <see cref="Unbound"/>.
    /// </summary>
    public static int? FindNumber(string name) =>
        name.Length == 0 ? Unbound : Numbers.TryGetValue(name, out var number) ? number : null;

    /// <summary>
    /// Finds the documented spelling of a table's name; blank for <see cref="Unbound"/>, null when the number is not documented.
    /// </summary>
    public static string? FindName(int number) =>
        number == Unbound ? "" : Names.GetValueOrDefault(number);

    /// <summary>
    /// Folds the case of a table name as <see cref="StringComparer.OrdinalIgnoreCase"/> does: all spellings of a name fold to the same.
    /// </summary>
    public static string Fold(string name) => name.ToUpperInvariant();

    private static IEnumerable<(string Name, int Number)> Read()
    {
        using var stream = typeof(TableCatalogue).Assembly.GetManifestResourceStream("tables.tsv")!;
        using var reader = new StreamReader(stream);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            yield return (line[..tab], int.Parse(line.AsSpan(tab + 1), provider: null));
        }
    }
}
