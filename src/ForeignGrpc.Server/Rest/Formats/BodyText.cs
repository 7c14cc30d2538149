using System.Buffers;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Bytes as text, strictly.</summary>
internal static class BodyText
{
    /// <summary>UTF-8, strictly.</summary>
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a body; a byte order mark at its beginning is left out.</summary>
    /// <param name="body">The body.</param>
    /// <param name="encoding">Its encoding; null is UTF-8.</param>
    /// <exception cref="Failure">400: it is not in that encoding.</exception>
    public static string Decode(in ReadOnlySequence<byte> body, Encoding? encoding)
    {
        try
        {
            return (encoding ?? Utf8).GetString(body).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw Failure.Malformed(
                Texts.Of($"The body has bytes that are not valid in its charset {(encoding ?? Utf8).WebName}."));
        }
    }
}
