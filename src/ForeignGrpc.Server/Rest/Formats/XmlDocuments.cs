using System.Buffers;
using System.Text;
using System.Xml;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Opens XML documents in request bodies.</summary>
internal static class XmlDocuments
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads one document. A blank document means "not given": nothing is read.</summary>
    /// <param name="body">The document.</param>
    /// <param name="encoding">The encoding of the Content-Type; null if it names none: then the byte order mark or the XML declaration
    /// decides.</param>
    /// <param name="root">The name of the root element, in any case, also with <see cref="ResponseShape.LinksTypeSuffix"/>.</param>
    /// <param name="mistaken">See <see cref="UnknownProperties.RequireOwnRoot"/>.</param>
    /// <param name="readRoot">Reads the root element. The reader is positioned on it.</param>
    /// <exception cref="Failure">400 or 415: the document is malformed, its root has another name, or its encoding is not
    /// supported.</exception>
    public static void Read(
        in ReadOnlySequence<byte> body, Encoding? encoding, string root, MessageSchema? mistaken, Action<XmlReader> readRoot)
    {
        try
        {
            using var text = new StringReader(BodyText.Decode(body, encoding ?? XmlEncoding.Of(body)));
            using var xml = XmlReader.Create(text, Settings);
            if (xml.MoveToContent() != XmlNodeType.Element)
            {
                return;
            }

            if (!xml.LocalName.Equals(root, StringComparison.OrdinalIgnoreCase)
                && !xml.LocalName.Equals(root + ResponseShape.LinksTypeSuffix, StringComparison.OrdinalIgnoreCase))
            {
                UnknownProperties.RequireOwnRoot(xml.LocalName, mistaken);
                throw Failure.Malformed(Texts.Of($"The root element must be {root}, but is {TextValues.Quote(xml.LocalName)}."));
            }

            readRoot(xml);
            while (xml.Read())
            {
                // Reads to the end: only comments may follow the root.
            }
        }
        catch (XmlException e)
        {
            throw Failure.Malformed(
                Texts.Of($"Malformed XML at line {e.LineNumber}, character {e.LinePosition}; document type declarations are not allowed."));
        }
    }
}
