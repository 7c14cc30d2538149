namespace ForeignGrpc.Server.Settings;

/// <summary>Suggests corrections of misspelled words.</summary>
internal static class Spelling
{
    /// <summary>The nearest correct word, if at most a third of its letters differ; else null.</summary>
    public static string? Nearest(string word, IEnumerable<string> right) => right
        .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
        .Where(found => found.Distance <= Math.Max(1, found.Candidate.Length / 3))
        .OrderBy(found => found.Distance)
        .FirstOrDefault().Candidate;

    /// <summary>
    /// The edit distance of two words: the number of letters to add, remove, change or swap with the next letter.
    /// </summary>
    private static int Distance(string one, string other)
    {
        var (before, last, row) = (new int[other.Length + 1], new int[other.Length + 1], Enumerable.Range(0, other.Length + 1).ToArray());
        for (var i = 1; i <= one.Length; i++)
        {
            (before, last, row) = (last, row, before);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
        }

        return row[other.Length];
    }
}
