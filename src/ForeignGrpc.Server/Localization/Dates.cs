using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Localization;

/// <summary>Dates in bodies: ISO 8601 of the years 1 to 9999. Out with an explicit offset; in with an offset, or without one.</summary>
internal static class Dates
{
    /// <summary>The longest text that a date makes, in bytes.</summary>
    public const int LongestText = 33;

    /// <summary>.NET's tick is 100 ns; digits after the seventh are read over, as other protobuf runtimes send nine.</summary>
    private const int FractionDigits = 7;

    private const string LocalFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";

    private static readonly string[] Formats = [$"{LocalFormat}K", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>
    /// Reads a date; null when it is none, or its instant is not within the years 1 to 9999 UTC. Without an offset it is in the zone:
    /// one that the zone has twice, when clocks go back, is the earlier; one that it has not, when they go forward, is as much later
    /// as they go.
    /// </summary>
    /// <param name="text">The date.</param>
    /// <param name="zone">The zone; null is UTC.</param>
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
            // It is a date, but its instant in UTC is before the year 1 or after the year 9999: no Timestamp has it.
            return null;
        }
    }

    /// <summary>
    /// Writes the date with the zone's offset, with as many fraction digits as it has, at most seven. One that the zone would have
    /// beyond the years 1 to 9999 is written in UTC.
    /// </summary>
    /// <returns>How many bytes were written.</returns>
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
    /// A local time without the zeros that end its fraction. By the round-trip format: the framework is quick at that one.
    /// </summary>
    private static int FormatLocal(DateTime local, Span<byte> utf8)
    {
        DateTime.SpecifyKind(local, DateTimeKind.Unspecified).TryFormat(utf8, out var length, "O", CultureInfo.InvariantCulture);
        return utf8[..length].TrimEnd((byte)'0').TrimEnd((byte)'.').Length;
    }

    /// <summary>The zone's time at an instant and its offset in whole minutes, as ISO 8601 has it: early zones have seconds too.</summary>
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
