using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest;

/// <summary>Dates in bodies: ISO 8601. Out with an explicit offset; in with an offset, or without one and then in UTC.</summary>
internal static class Dates
{
    /// <summary>The longest text that <see cref="Format"/> makes, in bytes.</summary>
    public const int LongestText = 28;

    /// <summary>.NET's tick is 100 ns; digits after the seventh are read over, as other protobuf runtimes send nine.</summary>
    private const int FractionDigits = 7;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    public static Timestamp Parse(string text, string path)
    {
        if (DateTimeOffset.TryParseExact(
            WithoutFinerDigits(text), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return Timestamp.FromDateTimeOffset(date);
        }

        throw Scalars.Invalid(path, $"must be a date such as 2026-01-31T23:59:59Z, but is {Scalars.Quote(text)}.");
    }

    /// <summary>Writes the date in UTC, with as many fraction digits as it has, at most seven.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Format(Timestamp date, Span<byte> utf8)
    {
        date.ToDateTime().TryFormat(utf8, out var written, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        return written;
    }

    private static string WithoutFinerDigits(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return text;
        }

        var end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - dot - 1 > FractionDigits ? text.Remove(dot + 1 + FractionDigits, end - dot - 1 - FractionDigits) : text;
    }
}
