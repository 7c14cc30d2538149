using System.Buffers;
using System.Collections;
using System.Text;
using System.Xml;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// XML as the documented API takes it → protobuf messages, by descriptor: the root bears the type's name, and each property is
/// an element of its name, in any case and any namespace. Unknown elements, and those of properties that the server owns, are not looked
/// into; nil or absent is "not given". Only they can nest deeper than carriers do.
/// </summary>
internal sealed class XmlMessageReader
{
    /// <summary>Deeper nesting is refused.</summary>
    private const int MaxDepth = JsonMessageReader.MaxDepth;

    private readonly XmlReader _xml;
    private readonly DateTimeZone? _zone;
    private readonly MessageSchema? _mistaken;
    private readonly BodyPath _path;

    private XmlMessageReader(XmlReader xml, DateTimeZone? zone, MessageSchema? mistaken, BodyPath path) =>
        (_xml, _zone, _mistaken, _path) = (xml, zone, mistaken, path);

    /// <summary>Reads one document into the message.</summary>
    /// <param name="body">The document.</param>
    /// <param name="encoding">What its Content-Type says; null when that says nothing: it is as its byte order mark or declaration
    /// says.</param>
    /// <param name="message">What it is read into.</param>
    /// <param name="schema">The message's schema.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <param name="mistaken">See <see cref="UnknownProperties.RequireOwn"/>.</param>
    public static void Read(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        IMessage message,
        MessageSchema schema,
        DateTimeZone? zone,
        MessageSchema? mistaken = null) => ReadDocument(
        body, encoding, zone, mistaken, schema.Descriptor.Name, schema.Descriptor.Name, reader =>
            reader.ReadMessage(message, schema, isRoot: true));

    /// <summary>Reads one document into a field of the message; see <see cref="Read"/>.</summary>
    public static void ReadField(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        IMessage message,
        FieldSchema field,
        DateTimeZone? zone,
        MessageSchema? mistaken = null) => ReadDocument(
        body, encoding, zone, mistaken, XmlNames.RootOf(field), field.JsonName, reader => reader.ReadField(message, field, isRoot: true));

    private static void ReadDocument(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        DateTimeZone? zone,
        MessageSchema? mistaken,
        string root,
        string name,
        Action<XmlMessageReader> read)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        try
        {
            using var text = new StringReader(BodyText.Decode(body, encoding ?? XmlEncoding.Of(body)));
            using var xml = XmlReader.Create(text, settings);
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

            read(new XmlMessageReader(xml, zone, mistaken, new BodyPath(name)));
            while (xml.Read())
            {
                // What may stand behind the root is looked at, so that what may not is an error.
            }
        }
        catch (XmlException e)
        {
            throw Failure.Malformed(
                Texts.Of($"Malformed XML at line {e.LineNumber}, character {e.LinePosition}; document types are not taken."));
        }
    }

    private void ReadMessage(IMessage message, MessageSchema schema, bool isRoot = false)
    {
        var (isAnyKnown, isAnyUnknown) = (false, false);
        foreach (var name in Children())
        {
            var field = schema.Find(name);
            isAnyKnown |= field is not null;
            isAnyUnknown |= field is null;
            if (field is null && isRoot)
            {
                UnknownProperties.RequireOwn(name, _mistaken);
            }

            if (field is null or { IsOutputOnly: true })
            {
                Skip();
            }
            else
            {
                _path.Enter(field.JsonName);
                ReadField(message, field);
                _path.Leave();
            }
        }

        if (isAnyUnknown && !isAnyKnown)
        {
            throw UnknownProperties.NoneKnown(_path, schema);
        }
    }

    private void ReadField(IMessage message, FieldSchema field, bool isRoot = false)
    {
        if (IsNil())
        {
            field.Accessor.Clear(message);
            Skip();
        }
        else if (field.IsList)
        {
            ReadList((IList)field.Accessor.GetValue(message), field);
        }
        else if (ReadValue(field, isRoot) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
        else
        {
            field.Accessor.Clear(message);
        }
    }

    private void ReadList(IList items, FieldSchema item)
    {
        items.Clear();
        var expected = XmlNames.ItemOf(item);
        foreach (var name in Children())
        {
            if (!name.Equals(expected, StringComparison.OrdinalIgnoreCase))
            {
                throw TextValues.Invalid(_path, Texts.Of($"must have elements named {expected}, but has {TextValues.Quote(name)}."));
            }

            _path.Enter(items.Count);
            items.Add(ReadValue(item) ?? throw TextValues.Invalid(_path, Texts.Of($"must not be blank.")));
            _path.Leave();
        }
    }

    /// <summary>The value of the element; null when it is blank and of a type that is no text.</summary>
    private object? ReadValue(FieldSchema field, bool isRoot = false)
    {
        if (field.Message is not { } schema || field.IsTimestamp)
        {
            return TextValues.ParseText(field, ReadText(), _path, _zone);
        }

        if (field.IsAnyJson || field.IsAnyObject)
        {
            throw new NotSupportedException($"The edge reads no {field.Type} from XML: {field.Descriptor.FullName}.");
        }

        var message = schema.NewMessage();
        ReadMessage(message, schema, isRoot);
        return message;
    }

    /// <summary>The names of the element's children. Each must be read, or skipped, before the next.</summary>
    private IEnumerable<string> Children()
    {
        if (_xml.IsEmptyElement)
        {
            _xml.Read();
            yield break;
        }

        for (_xml.Read(); _xml.NodeType != XmlNodeType.EndElement;)
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Element:
                    yield return _xml.LocalName;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    throw TextValues.Invalid(_path, Texts.Of($"must have elements, but has the text {TextValues.Quote(_xml.Value)}."));
                default:
                    _xml.Read();
                    break;
            }
        }

        _xml.Read();
    }

    /// <summary>Passes over the element, however large, but not however deep.</summary>
    private void Skip()
    {
        var depth = _xml.Depth;
        if (!_xml.IsEmptyElement)
        {
            while (_xml.Read() && _xml.Depth > depth)
            {
                if (_xml.Depth > MaxDepth)
                {
                    throw Failure.Malformed(Texts.Of($"The XML is nested deeper than {MaxDepth} elements."));
                }
            }
        }

        _xml.Read();
    }

    private string ReadText()
    {
        try
        {
            return _xml.ReadElementContentAsString();
        }
        catch (XmlException) when (_xml.NodeType == XmlNodeType.Element)
        {
            throw TextValues.Invalid(_path, Texts.Of($"must be text, but has the element {TextValues.Quote(_xml.LocalName)}."));
        }
    }

    private bool IsNil()
    {
        var isNil = false;
        while (_xml.MoveToNextAttribute())
        {
            isNil |= _xml.LocalName == XmlNames.Nil && _xml.Value.Trim() is "true" or "1";
        }

        _xml.MoveToElement();
        return isNil;
    }
}
