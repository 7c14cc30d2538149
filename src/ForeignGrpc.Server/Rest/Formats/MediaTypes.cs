using System.Text;
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

    private static readonly string[] Readable = [Json, TextJson, Xml, TextXml, Form, JsonPatch, MergePatch];

    private static readonly string[] ReadablePatches = [Json, TextJson, JsonPatch, MergePatch];

    /// <summary>The content type of a response of a writable type.</summary>
    public static string WithCharset(string mediaType) => mediaType == Json ? JsonInUtf8 : $"{mediaType}; charset=utf-8";

    /// <summary>What a body may be, the default first.</summary>
    public static string[] ReadableFor(bool isPatch) => isPatch ? ReadablePatches : Readable;

    /// <summary>Whether a body of this type is written as XML; all others that are writable are written as JSON.</summary>
    public static bool IsXml(string mediaType) => mediaType is Xml or TextXml;

    /// <summary>The response's content type by the Accept header: the writable type it likes best, in our order among equals.</summary>
    /// <exception cref="RestException">406: it takes none.</exception>
    public static string Negotiate(StringValues accept) => TryNegotiate(accept) ?? throw new RestException(
        StatusCodes.Status406NotAcceptable, Texts.Of($"Accept is {Scalars.Quote(accept.ToString())}; to be had are {string.Join(", ", Writable)}."));

    /// <inheritdoc cref="Negotiate(StringValues)"/>
    /// <returns>Null when it takes none.</returns>
    public static string? TryNegotiate(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept) || (accept.Count == 1 && accept[0] is Json or "*/*"))
        {
            return Json;
        }

        var ranges = MediaTypeHeaderValue.TryParseList(accept, out var parsed) ? parsed : [];
        var best = Writable
            .Select(type => (Type: type, Quality: Quality(type, ranges)))
            .MaxBy(candidate => candidate.Quality);
        return best.Quality > 0 ? best.Type : null;
    }

    /// <summary>The response's content type by a `$format` parameter, which beats the Accept header; null when it is blank.</summary>
    /// <exception cref="RestException">400: it is none.</exception>
    public static string? OfFormat(string? format) => format?.ToUpperInvariant() switch
    {
        null or "" => null,
        "JSON" => Json,
        "XML" => Xml,
        _ => throw Scalars.Invalid(Presentation.FormatQuery, Texts.Of($"must be JSON or XML, but is {Scalars.Quote(format)}.")),
    };

    /// <summary>How a request's body is written, and in which encoding; null for the format's own. Without a content type: JSON.</summary>
    /// <exception cref="RestException">415: the type or its charset is none that is read.</exception>
    public static (BodyFormat Format, Encoding? Encoding) OfBody(string? contentType, bool isPatch)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == Json)
        {
            return (BodyFormat.Json, null);
        }

        var readable = ReadableFor(isPatch);
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || readable.FirstOrDefault(known => known.Equals(type.MediaType.Value, StringComparison.OrdinalIgnoreCase)) is not { } mediaType)
        {
            throw new RestException(
                StatusCodes.Status415UnsupportedMediaType,
                Texts.Of($"Content-Type is {Scalars.Quote(contentType)}; taken are {string.Join(", ", readable)}."));
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

    private static Encoding? EncodingOf(string? charset)
    {
        if (string.IsNullOrEmpty(charset) || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return Encoding.GetEncoding(charset, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new RestException(
                StatusCodes.Status415UnsupportedMediaType, Texts.Of($"Content-Type has the charset {Scalars.Quote(charset)}; use utf-8."));
        }
    }

    /// <summary>The quality that the most specific matching range gives the type; 0 when none matches.</summary>
    private static double Quality(string type, IList<MediaTypeHeaderValue> ranges)
    {
        var candidate = new MediaTypeHeaderValue(type);
        return ranges
            .Where(range => range.MatchesAllTypes
                || (range.MatchesAllSubTypes && candidate.Type.Equals(range.Type, StringComparison.OrdinalIgnoreCase))
                || candidate.MediaType.Equals(range.MediaType, StringComparison.OrdinalIgnoreCase))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
