using System.Globalization;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Decodes the escapes of paths and forms (RFC 3986), once and strictly: a malformed escape is an error.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes a text.</summary>
    /// <param name="text">The text, with escaped UTF-8.</param>
    /// <param name="name">The name of the value, for error messages.</param>
    /// <exception cref="Failure">400: an escape is incomplete, or the bytes are not UTF-8.</exception>
    public static string Decode(string text, string name)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '%')
            {
                var next = text.IndexOf('%', i);
                var end = next < 0 ? text.Length : next;
                length += Encoding.UTF8.GetBytes(text, i, end - i, bytes, length);
                i = end;
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 3;
            }
            else
            {
                throw TextValues.Invalid(name, Texts.Of($"has an incomplete percent escape: {TextValues.Quote(text)}; write % as %25."));
            }
        }

        try
        {
            return BodyText.Utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw TextValues.Invalid(name, Texts.Of($"does not decode to UTF-8: {TextValues.Quote(text)}."));
        }
    }
}
