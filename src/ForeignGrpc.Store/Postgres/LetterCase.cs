using System.Text;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Letters and what they become, as `translate` takes them: PostgreSQL's own `lower` and `upper` differ by the database's language, and by
/// what the server was built with. ASCII stands first, changed or not, as `translate` looks for each character from the beginning.
/// </summary>
/// <param name="From">The letters.</param>
/// <param name="To">What each becomes, in the same order.</param>
internal sealed record LetterCase(string From, string To)
{
    public static LetterCase Lower { get; } = Of(Rune.ToLowerInvariant);

    public static LetterCase Upper { get; } = Of(Rune.ToUpperInvariant);

    private static LetterCase Of(Func<Rune, Rune> change)
    {
        var letters = Enumerable.Range('a', 26).Concat(Enumerable.Range(' ', 'a' - ' ')).Concat(Enumerable.Range(0x7F, 0x1FFFF - 0x7F))
            .Where(Rune.IsValid).Select(number => new Rune(number)).Where(letter => letter.IsAscii || change(letter) != letter).ToArray();
        return new LetterCase(string.Concat(letters), string.Concat(letters.Select(change)));
    }
}
