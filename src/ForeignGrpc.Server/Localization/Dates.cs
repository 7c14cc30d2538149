using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Localization;

/// <summary>
/// Dates in bodies: ISO 8601, years 1 to 9999. The server writes dates with an offset and reads dates with or without an offset.
/// </summary>
internal static class Dates
{
    /// <summary>The length of the longest formatted date, in bytes.</summary>
    public const int LongestText = 33;

    /// <summary>A tick of .NET is 100 ns. Other protobuf runtimes send nine digits; digits after the seventh are ignored.</summary>
    private const int FractionDigits = 7;

    private const string LocalFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";

    private static readonly string[] Formats = [$"{LocalFormat}K", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>
    /// Parses a date. A date without an offset is a local time of the zone. If the local time occurs twice (clocks go back), the earlier
    /// instant is used; if it does not exist (clocks go forward), it is shifted by the length of the gap.
    /// </summary>
    /// <param name="text">The date.</param>
    /// <param name="zone">The time zone of a date without an offset; null is UTC.</param>
    /// <returns>Null if the text is not a date, or its instant is outside the years 1 to 9999 in UTC.</returns>
    public static Timestamp? TryParse(string text, DateTimeZone? zone)
    {
        var digits = WithoutFinerDigits(text);
        try
        {
            if (zone is not null
                && DateTime.TryParseExact(digits, Formats, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var local)
                && local.Kind == DateTimeKind.Unspecified)
            {
                return Timestamp.FromDateTimeOffset(LocalDateTime.FromDateTime(local).InZoneLeniently(zone).ToDateTimeOffset());
            }

            return DateTimeOffset.TryParseExact(digits, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                ? Timestamp.FromDateTimeOffset(date)
                : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            // A valid date whose instant in UTC is before the year 1 or after the year 9999. A Timestamp cannot represent it.
            return null;
        }
    }

    /// <summary>
    /// Writes a date with the offset of the zone and at most seven fraction digits, without trailing zeros. If the local time is outside
    /// the years 1 to 9999, the date is written in UTC.
    /// </summary>
    /// <returns>The number of bytes written, at most <see cref="LongestText"/>.</returns>
    public static int Format(Timestamp date, Span<byte> utf8, DateTimeZone? zone)
    {
        var utc = date.ToDateTime();
        if (zone is null || LocalOf(utc, zone) is not var (local, offset))
        {
            var end = FormatLocal(utc, utf8);
            utf8[end] = (byte)'Z';
            return end + 1;
        }

        var length = FormatLocal(local, utf8);
        offset.TryFormat(
            utf8[length..], out var offsetLength, offset < TimeSpan.Zero ? @"\-hh\:mm" : @"\+hh\:mm", CultureInfo.InvariantCulture);
        return length + offsetLength;
    }

    /// <inheritdoc cref="Format(Timestamp, Span{byte}, DateTimeZone?)"/>
    public static string Format(Timestamp date, DateTimeZone? zone)
    {
        Span<byte> utf8 = stackalloc byte[LongestText];
        return System.Text.Encoding.UTF8.GetString(utf8[..Format(date, utf8, zone)]);
    }

    /// <summary>
    /// Writes a local time without trailing zeros in its fraction. Uses the round-trip format, which the framework writes fast.
    /// </summary>
    private static int FormatLocal(DateTime local, Span<byte> utf8)
    {
        DateTime.SpecifyKind(local, DateTimeKind.Unspecified).TryFormat(utf8, out var length, "O", CultureInfo.InvariantCulture);
        return utf8[..length].TrimEnd((byte)'0').TrimEnd((byte)'.').Length;
    }

    /// <summary>
    /// The local time of the zone and its offset, or null if the local time is outside the years 1 to 9999. Historical offsets have
    /// seconds; they are rounded to minutes, as ISO 8601 requires.
    /// </summary>
    private static (DateTime Local, TimeSpan Offset)? LocalOf(DateTime utc, DateTimeZone zone)
    {
        var seconds = zone.GetUtcOffset(Instant.FromDateTimeUtc(utc)).Seconds;
        var offset = TimeSpan.FromMinutes(Math.Round(seconds / 60.0));
        var ticks = utc.Ticks + offset.Ticks;
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks ? (new DateTime(ticks), offset) : null;
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
