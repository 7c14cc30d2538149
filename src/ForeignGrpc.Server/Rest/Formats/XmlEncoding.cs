using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using ForeignGrpc.Server.Failures;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Detects the encoding of XML without a charset by its first bytes (XML 1.0, appendix F).</summary>
internal static partial class XmlEncoding
{
    /// <summary>The most bytes that an XML declaration may take.</summary>
    private const int LongestDeclaration = 256;

    /// <summary>The encoding in the byte order mark or in the XML declaration; null is UTF-8.</summary>
    /// <exception cref="Failure">415: the encoding in the declaration is not supported.</exception>
    public static Encoding? Of(in ReadOnlySequence<byte> body)
    {
        var start = body.Slice(0, Math.Min(body.Length, LongestDeclaration)).ToArray();
        return start switch
        {
            [0xEF, 0xBB, 0xBF, ..] => null,
            [0xFF, 0xFE, 0, 0, ..] => MediaTypes.EncodingOf("utf-32"),
            [0, 0, 0xFE, 0xFF, ..] => MediaTypes.EncodingOf("utf-32BE"),
            [0xFF, 0xFE, ..] or [(byte)'<', 0, ..] => MediaTypes.EncodingOf("utf-16"),
            [0xFE, 0xFF, ..] or [0, (byte)'<', ..] => MediaTypes.EncodingOf("utf-16BE"),
            _ when Declaration().Match(Encoding.Latin1.GetString(start)) is { Success: true } declaration =>
                MediaTypes.EncodingOf(declaration.Groups["name"].Value),
            _ => null,
        };
    }

    [GeneratedRegex("""\A<\?xml\s[^>]*?\sencoding\s*=\s*["'](?<name>[A-Za-z][A-Za-z0-9._-]*)["']""", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();
}
