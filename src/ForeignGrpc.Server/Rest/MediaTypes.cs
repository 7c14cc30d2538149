using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ForeignGrpc.Server.Rest;

/// <summary>Which content types bodies may have, in and out.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";

    private static readonly string[] Readable = [Json, "text/json"];

    private static readonly string[] ReadablePatches = [.. Readable, "application/json-patch+json", "application/merge-patch+json"];

    /// <summary>What responses may be, the default first.</summary>
    public static readonly string[] Writable = [Json, "text/json", "application/json-patch+json", "application/merge-patch+json"];

    /// <summary>What a body may be, the default first.</summary>
    public static string[] ReadableFor(bool isPatch) => isPatch ? ReadablePatches : Readable;

    /// <summary>The response's content type by the Accept header: the writable type it likes best, in our order among equals.</summary>
    /// <exception cref="RestException">406: it takes none.</exception>
    public static string Negotiate(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept) || (accept.Count == 1 && accept[0] is Json or "*/*"))
        {
            return Json;
        }

        var ranges = MediaTypeHeaderValue.TryParseList(accept, out var parsed) ? parsed : [];
        var best = Writable
            .Select(type => (Type: type, Quality: Quality(type, ranges)))
            .MaxBy(candidate => candidate.Quality);
        return best.Quality > 0
            ? best.Type
            : throw new RestException(
                StatusCodes.Status406NotAcceptable,
                $"Accept is {Scalars.Quote(accept.ToString())}; to be had are {string.Join(", ", Writable)}.");
    }

    /// <summary>The encoding of a request's body; null for UTF-8. A body without a content type is read as JSON in UTF-8.</summary>
    /// <exception cref="RestException">415: the type or its charset is none that is read.</exception>
    public static Encoding? ReadableEncoding(string? contentType, bool takesPatch)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == Json)
        {
            return null;
        }

        var readable = ReadableFor(takesPatch);
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !readable.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            throw new RestException(
                StatusCodes.Status415UnsupportedMediaType,
                $"Content-Type is {Scalars.Quote(contentType)}; taken are {string.Join(", ", readable)}.");
        }

        var charset = HeaderUtilities.RemoveQuotes(type.Charset).Value;
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
                StatusCodes.Status415UnsupportedMediaType, $"Content-Type has the charset {Scalars.Quote(charset)}; use utf-8.");
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
