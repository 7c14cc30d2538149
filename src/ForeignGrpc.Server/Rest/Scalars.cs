using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Rest;

/// <summary>Values that arrive as text, from paths, queries and quoted JSON alike, and the errors about them.</summary>
internal static class Scalars
{
    private const int LongestExcerpt = 60;

    public static int? TryParseInt32(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static bool? TryParseBool(string text) => bool.TryParse(text, out var value) ? value : null;

    /// <summary>A field's value from text; null for a blank where the field is no text.</summary>
    /// <param name="field">A scalar, or a date.</param>
    /// <param name="text">The value.</param>
    /// <param name="path">The field as the caller names it, for errors.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <exception cref="RestException">400: it is no value of the field's type.</exception>
    public static object? ParseText(FieldShape field, string text, string path, DateTimeZone? zone) => field switch
    {
        { Type: FieldType.String } => text,
        _ when string.IsNullOrWhiteSpace(text) => null,
        { Type: FieldType.Int32 } => TryParseInt32(text.Trim()) ?? throw Invalid(path, Texts.Of($"must be a 32-bit integer, but is {Quote(text)}.")),
        { Type: FieldType.Bool } => TryParseBool(text.Trim()) ?? throw Invalid(path, Texts.Of($"must be true or false, but is {Quote(text)}.")),
        { IsTimestamp: true } => ParseDate(text.Trim(), path, zone),
        _ => throw new NotSupportedException($"The edge reads no {field.Type} from text: {field.Descriptor.FullName}."),
    };

    /// <summary>A date; see <see cref="Dates.TryParse"/>.</summary>
    /// <exception cref="RestException">400: it is none.</exception>
    public static Timestamp ParseDate(string text, string path, DateTimeZone? zone) => Dates.TryParse(text, zone)
        ?? throw Invalid(path, Texts.Of($"must be a date such as 2026-01-31T23:59:59Z, of the years 1 to 9999, but is {Quote(text)}."));

    public static RestException Invalid(string path, string what) => new(StatusCodes.Status400BadRequest, $"{path} {what}");

    public static string Quote(string text) => $"\"{Shorten(text)}\"";

    /// <summary>Enough of a value to recognise it by; never half a surrogate pair.</summary>
    public static string Shorten(string text)
    {
        if (text.Length <= LongestExcerpt)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[LongestExcerpt - 1]) ? LongestExcerpt - 1 : LongestExcerpt;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
