using System.Globalization;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Parses values of paths, queries, forms, XML and quoted JSON, and creates the errors about them.</summary>
internal static class TextValues
{
    /// <summary>Parses an id in a path: only ASCII digits, within a 32-bit integer. Null for any other text, which is a name.</summary>
    public static int? TryParseId(string segment) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static bool? TryParseBool(string text) => bool.TryParse(text, out var value) ? value : null;

    /// <summary>Parses the value of a field. Null if the text is blank and the field is not a string.</summary>
    /// <param name="field">A scalar, or a date.</param>
    /// <param name="text">The value.</param>
    /// <param name="path">The name of the field for error messages: a string or a <see cref="ValuePath"/>.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <exception cref="Failure">400: the text is invalid for the type of the field.</exception>
    public static object? ParseText(FieldSchema field, string text, object path, DateTimeZone? zone) => field switch
    {
        { Type: FieldType.String } => text,
        _ when string.IsNullOrWhiteSpace(text) => null,
        { Type: FieldType.Int32 } =>
            Integers.TryParse(text.Trim()) ?? throw Invalid(path, Texts.Of($"must be a 32-bit integer, but is {Quote(text)}.")),
        { Type: FieldType.Bool } =>
            TryParseBool(text.Trim()) ?? throw Invalid(path, Texts.Of($"must be true or false, but is {Quote(text)}.")),
        { IsTimestamp: true } => ParseDate(text.Trim(), path, zone),
        _ => throw new NotSupportedException($"The edge reads no {field.Type} from text: {field.Descriptor.FullName}."),
    };

    /// <summary>Parses a date; see <see cref="Dates.TryParse"/>.</summary>
    /// <exception cref="Failure">400: the text is not a date.</exception>
    public static Timestamp ParseDate(string text, object path, DateTimeZone? zone) => Dates.TryParse(text, zone)
        ?? throw Invalid(path, Texts.Of($"must be a date such as 2026-01-31T23:59:59Z in the years 1 to 9999, but is {Quote(text)}."));

    /// <summary>Creates a failure (400) about a value.</summary>
    /// <param name="path">The name of the value: a string or a <see cref="ValuePath"/>. It begins the sentence.</param>
    /// <param name="what">The rest of the sentence.</param>
    public static Failure Invalid(object path, Text what) =>
        Failure.Malformed(new Text("{0} {1}", path is string name ? Excerpt.Of(name) : path.ToString(), what));

    /// <summary>A value in quotes, shortened, for error messages.</summary>
    public static string Quote(string text) => $"\"{Excerpt.Of(text)}\"";
}
