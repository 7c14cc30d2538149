using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// The path as the client sent it. The server's own decoded path is of no use for values: it leaves `%2F` encoded, so that
/// `/` and `%2F` cannot be told apart, and it removes dot segments.
/// </summary>
internal static class RawPath
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The segments, still encoded; the first, before the leading slash, is empty.</summary>
    public static string[] Segments(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (!path.StartsWith('/'))
        {
            // The absolute form that proxies get: http://host/path.
            var authority = path.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : path[(authority + 3)..].IndexOf('/');
            path = slash < 0 ? "/" : path[(authority + 3 + slash)..];
        }

        return path.ToString().Split('/');
    }

    /// <summary>Decodes one segment, once.</summary>
    /// <exception cref="RestException">An escape is incomplete, or the bytes are not UTF-8.</exception>
    public static string Decode(string segment, string name)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
        {
            return segment;
        }

        var bytes = new byte[segment.Length];
        var length = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
            {
                bytes[length++] = (byte)segment[i];
            }
            else if (i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(segment.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                throw Scalars.Invalid(name, $"has an incomplete escape: {Scalars.Quote(segment)}; a % is written %25.");
            }
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw Scalars.Invalid(name, $"is not UTF-8 behind its escapes: {Scalars.Quote(segment)}.");
        }
    }

    /// <summary>Whether the segment is `.` or `..`, escaped or not.</summary>
    public static bool IsDots(string segment) =>
        segment.Length is > 0 and <= 6 && segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
