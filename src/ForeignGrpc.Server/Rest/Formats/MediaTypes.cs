using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Which content types bodies may have, in and out.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    private const string JsonInUtf8 = $"{Json}; charset=utf-8";
    private const string TextJson = "text/json";
    private const string Xml = "application/xml";
    private const string TextXml = "text/xml";
    private const string Form = "application/x-www-form-urlencoded";
    private const string JsonPatch = "application/json-patch+json";
    private const string MergePatch = "application/merge-patch+json";

    /// <summary>What responses may be, the default first.</summary>
    public static readonly string[] Writable = [Json, TextJson, Xml, TextXml, JsonPatch, MergePatch];

    /// <summary>What bodies may be, the default first.</summary>
    public static readonly string[] Readable = [Json, TextJson, Xml, TextXml, Form, JsonPatch, MergePatch];

    /// <summary>What patches may be, the default first.</summary>
    public static readonly string[] ReadablePatches = [Json, TextJson, JsonPatch, MergePatch];

    /// <summary>What bodies may be that take the fewest readers, the default first.</summary>
    public static readonly string[] ReadablePlainly = [Json, TextJson, Form];

    /// <summary>The content type of a response of a writable type.</summary>
    public static string WithCharset(string mediaType) => mediaType == Json ? JsonInUtf8 : $"{mediaType}; charset=utf-8";

    /// <summary>Whether a body of this type is written as XML; all others that are writable are written as JSON.</summary>
    public static bool IsXml(string mediaType) => mediaType is Xml or TextXml;

    /// <summary>
    /// The response's content type by the Accept header: the writable type it likes best, in our order among equals; JSON when it takes
    /// none.
    /// </summary>
    public static string Negotiate(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept) || (accept.Count == 1 && accept[0] is Json or "*/*"))
        {
            return Json;
        }

        Span<Preference> preferences = stackalloc Preference[Writable.Length];
        foreach (var range in MediaTypeHeaderValue.TryParseList(accept, out var parsed) ? parsed : [])
        {
            var (specificity, quality) = (range.MatchesAllTypes ? 1 : range.MatchesAllSubTypes ? 2 : 3, QualityOf(range));
            for (var i = 0; i < Writable.Length; i++)
            {
                if (specificity > preferences[i].Specificity && Matches(range, Writable[i]))
                {
                    preferences[i] = new Preference(specificity, quality);
                }
            }
        }

        var best = 0;
        for (var i = 1; i < Writable.Length; i++)
        {
            best = preferences[i].Quality > preferences[best].Quality ? i : best;
        }

        return Writable[best];
    }

    /// <summary>The response's content type by a `$format` parameter, which beats the Accept header; null when it is blank.</summary>
    /// <exception cref="Failure">400: it is none.</exception>
    public static string? OfFormat(string? format) => format?.ToUpperInvariant() switch
    {
        null or "" => null,
        "JSON" => Json,
        "XML" => Xml,
        _ => throw TextValues.Invalid(ResponseShape.FormatQuery, Texts.Of($"must be JSON or XML, but is {TextValues.Quote(format)}.")),
    };

    /// <summary>How a request's body is written, and in which encoding; null for the format's own. Without a content type: JSON.</summary>
    /// <exception cref="Failure">415: the type or its charset is none that is read.</exception>
    public static (BodyFormat Format, Encoding? Encoding) OfBody(string? contentType, string[] readable)
    {
        if (string.IsNullOrEmpty(contentType) || contentType is Json or JsonInUtf8)
        {
            return (BodyFormat.Json, null);
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || readable.FirstOrDefault(known =>
                known.Equals(type.MediaType.Value, StringComparison.OrdinalIgnoreCase)) is not { } mediaType)
        {
            throw Failure.UnsupportedMediaType(
                Texts.Of($"Content-Type is {TextValues.Quote(contentType)}; this operation accepts {string.Join(", ", readable)}."));
        }

        var format = mediaType switch
        {
            Xml or TextXml => BodyFormat.Xml,
            Form => BodyFormat.Form,
            JsonPatch => BodyFormat.JsonPatch,
            MergePatch => BodyFormat.MergePatch,
            _ => BodyFormat.Json,
        };
        return (format, EncodingOf(HeaderUtilities.RemoveQuotes(type.Charset).Value));
    }

    /// <summary>An encoding that refuses bytes that it does not have; null when none is named.</summary>
    /// <exception cref="Failure">415: it is none that is read.</exception>
    public static Encoding? EncodingOf(string? charset)
    {
        if (string.IsNullOrEmpty(charset))
        {
            return null;
        }

        if (charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            return BodyText.Utf8;
        }

        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Failure.UnsupportedMediaType(Texts.Of($"The body has the charset {TextValues.Quote(charset)}; use utf-8."));
        }
    }

    /// <summary>Such as 0.9, which some write `.9`; 1 when it is not given.</summary>
    private static double QualityOf(MediaTypeHeaderValue range) => range.Quality
        ?? (range.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("q", StringComparison.OrdinalIgnoreCase)) is { } given
            && double.TryParse(given.Value.AsSpan(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
                ? quality
                : 1);

    private static bool Matches(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes && type.AsSpan(0, type.IndexOf('/')).Equals(range.Type, StringComparison.OrdinalIgnoreCase))
        || range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>How much the most specific range that has been seen likes a type.</summary>
    private readonly record struct Preference(int Specificity, double Quality);
}
