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
/// Reads XML request bodies into protobuf messages, by descriptor. The root element has the name of the type; each property is an element
/// with the name of the property, in any case and any namespace. An absent or nil element means "not given". The reader skips unknown
/// elements and the elements of output-only properties, at most <see cref="MaxDepth"/> deep.
/// </summary>
internal sealed class XmlMessageReader
{
    /// <summary>A body with deeper nesting is malformed.</summary>
    private const int MaxDepth = JsonMessageReader.MaxDepth;

    private readonly XmlReader _xml;
    private readonly DateTimeZone? _zone;
    private readonly MessageSchema? _mistaken;
    private readonly ValuePath _path;

    private XmlMessageReader(XmlReader xml, DateTimeZone? zone, MessageSchema? mistaken, ValuePath path) =>
        (_xml, _zone, _mistaken, _path) = (xml, zone, mistaken, path);

    /// <summary>Reads one document into a message.</summary>
    /// <param name="body">The document.</param>
    /// <param name="encoding">The encoding of the Content-Type; null if it names none: then the byte order mark or the XML declaration
    /// decides.</param>
    /// <param name="message">The message to fill.</param>
    /// <param name="schema">The schema of the message.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <param name="mistaken">See <see cref="UnknownProperties.RequireOwn"/>.</param>
    /// <exception cref="Failure">400 or 415: the document is malformed, a value is invalid, or the encoding is not supported.</exception>
    public static void Read(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        IMessage message,
        MessageSchema schema,
        DateTimeZone? zone,
        MessageSchema? mistaken = null) => XmlDocuments.Read(
        body,
        encoding,
        schema.Descriptor.Name,
        mistaken,
        xml => new XmlMessageReader(xml, zone, mistaken, new ValuePath(schema.Descriptor.Name)).ReadMessage(message, schema, isRoot: true));

    /// <summary>Reads one document into a field of a message; see <see cref="Read"/>.</summary>
    public static void ReadField(
        in ReadOnlySequence<byte> body,
        Encoding? encoding,
        IMessage message,
        FieldSchema field,
        DateTimeZone? zone,
        MessageSchema? mistaken = null) => XmlDocuments.Read(
        body,
        encoding,
        XmlNames.RootOf(field),
        mistaken,
        xml => new XmlMessageReader(xml, zone, mistaken, new ValuePath(field.JsonName)).ReadField(message, field, isRoot: true));

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

    /// <summary>The value of the element; null if the element is blank and the type is not a string.</summary>
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

    /// <summary>The names of the child elements. The caller must read or skip each child before the next.</summary>
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

    /// <summary>Skips the element, of any size.</summary>
    /// <exception cref="Failure">400: the element is nested deeper than <see cref="MaxDepth"/>.</exception>
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
