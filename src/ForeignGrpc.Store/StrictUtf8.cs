using System.Text;

namespace ForeignGrpc.Store;

/// <summary>UTF-8 without a byte order mark, which refuses what is not Unicode instead of replacing it by U+FFFD.</summary>
public static class StrictUtf8
{
    /// <summary>
    /// The encoding. Decoding throws <see cref="DecoderFallbackException"/> for bytes that are not UTF-8; encoding throws
    /// <see cref="EncoderFallbackException"/> for half a surrogate pair.
    /// </summary>
    public static UTF8Encoding Encoding { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
