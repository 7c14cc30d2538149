using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>The content types of request and response bodies.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    private const string JsonInUtf8 = $"{Json}; charset=utf-8";
    private const string TextJson = "text/json";
    private const string Xml = "application/xml";
    private const string TextXml = "text/xml";
    private const string Form = "application/x-www-form-urlencoded";

    /// <summary>The content types of responses, the default first.</summary>
    public static readonly string[] Writable = [Json, TextJson, Xml, TextXml, JsonPatch, MergePatch];

    /// <summary>The content types of request bodies, the default first.</summary>
    public static readonly string[] Readable = [Json, TextJson, Xml, TextXml, Form, JsonPatch, MergePatch];

    /// <summary>The content types of patches, the default first.</summary>
    public static readonly string[] ReadablePatches = [Json, TextJson, JsonPatch, MergePatch];

    /// <summary>The content types of operations with the option `plain_body`, the default first.</summary>
    public static readonly string[] ReadablePlainly = [Json, TextJson, Form];

    /// <summary>The header Content-Type for a response of a writable type.</summary>
    public static string WithCharset(string mediaType) => mediaType == Json ? JsonInUtf8 : $"{mediaType}; charset=utf-8";

    /// <summary>Whether responses of this type are XML. All other writable types are JSON.</summary>
    public static bool IsXml(string mediaType) => mediaType is Xml or TextXml;

    /// <summary>
    /// The content type of the response by the header Accept: the writable type with the highest quality; among equals the first in
    /// <see cref="Writable"/>. JSON if the header accepts no writable type.
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

    /// <summary>The content type of the response by `$format`, which overrides the header Accept. Null if `$format` is blank.</summary>
    /// <exception cref="Failure">400: `$format` is neither JSON nor XML.</exception>
    public static string? OfFormat(string? format) => format?.ToUpperInvariant() switch
    {
        null or "" => null,
        "JSON" => Json,
        "XML" => Xml,
        _ => throw TextValues.Invalid(ResponseShape.FormatQuery, Texts.Of($"must be JSON or XML, but is {TextValues.Quote(format)}.")),
    };

    /// <summary>
    /// The format and encoding of a request body. A null encoding means the default of the format. Without a content type the format is
    /// JSON.
    /// </summary>
    /// <exception cref="Failure">415: the content type or its charset is not supported.</exception>
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

    /// <summary>The encoding with a name, which throws for invalid bytes. Null if the name is blank.</summary>
    /// <exception cref="Failure">415: the encoding is not supported.</exception>
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

    /// <summary>The quality of a media range; 1 if it has none. Also reads `.9`, which some clients send for 0.9.</summary>
    private static double QualityOf(MediaTypeHeaderValue range) => range.Quality
        ?? (range.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("q", StringComparison.OrdinalIgnoreCase)) is { } given
            && double.TryParse(given.Value.AsSpan(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
                ? quality
                : 1);

    private static bool Matches(MediaTypeHeaderValue range, string type) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes && type.AsSpan(0, type.IndexOf('/')).Equals(range.Type, StringComparison.OrdinalIgnoreCase))
        || range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>The quality of a type by the most specific media range so far.</summary>
    private readonly record struct Preference(int Specificity, double Quality);
}
