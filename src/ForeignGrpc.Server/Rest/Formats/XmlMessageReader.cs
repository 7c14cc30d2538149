using System.Buffers;
using System.Collections;
using System.Text;
using System.Xml;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// XML as the documented API takes it → protobuf messages, by descriptor: the root bears the type's name, and each property is
/// an element of its name, in any case and any namespace. Unknown elements are ignored; nil or absent is "not given". Only they
/// can nest deeper than carriers do.
/// </summary>
internal sealed class XmlMessageReader
{
    /// <summary>Deeper nesting is refused.</summary>
    private const int MaxDepth = JsonMessageReader.MaxDepth;

    private readonly XmlReader _xml;
    private readonly DateTimeZone? _zone;

    private XmlMessageReader(XmlReader xml, DateTimeZone? zone) => (_xml, _zone) = (xml, zone);

    /// <summary>Reads one document into the message; without an encoding it is as its byte order mark or declaration says.</summary>
    public static void Read(in ReadOnlySequence<byte> body, Encoding? encoding, IMessage message, MessageShape shape, DateTimeZone? zone) => ReadDocument(
        body, encoding, zone, shape.Descriptor.Name, reader => reader.ReadMessage(message, shape, shape.Descriptor.Name, isRoot: true));

    /// <summary>Reads one document into a field of the message; see <see cref="Read"/>.</summary>
    public static void ReadField(in ReadOnlySequence<byte> body, Encoding? encoding, IMessage message, FieldShape field, DateTimeZone? zone) => ReadDocument(
        body, encoding, zone, XmlNames.RootOf(field), reader => reader.ReadField(message, field, field.JsonName, isRoot: true));

    private static void ReadDocument(
        in ReadOnlySequence<byte> body, Encoding? encoding, DateTimeZone? zone, string root, Action<XmlMessageReader> read)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        };
        try
        {
            using var xml = encoding is null
                ? XmlReader.Create(new MemoryStream(body.ToArray()), settings)
                : XmlReader.Create(new StringReader(BodyText.Decode(body, encoding)), settings);
            if (xml.MoveToContent() != XmlNodeType.Element)
            {
                return;
            }

            if (!xml.LocalName.Equals(root, StringComparison.OrdinalIgnoreCase)
                && !xml.LocalName.Equals(root + ResourceLinks.TypeSuffix, StringComparison.OrdinalIgnoreCase))
            {
                throw new RestException(
                    StatusCodes.Status400BadRequest, Texts.Of($"The root element must be {root}, but is {Scalars.Quote(xml.LocalName)}."));
            }

            read(new XmlMessageReader(xml, zone));
            while (xml.Read())
            {
                // What may stand behind the root is looked at, so that what may not is an error.
            }
        }
        catch (XmlException e)
        {
            throw new RestException(
                StatusCodes.Status400BadRequest, Texts.Of($"Malformed XML at line {e.LineNumber}, character {e.LinePosition}; document types are not taken."));
        }
    }

    private void ReadMessage(IMessage message, MessageShape shape, string path, bool isRoot = false)
    {
        foreach (var name in Children(path))
        {
            if (shape.Find(name) is { } field)
            {
                ReadField(message, field, isRoot ? field.JsonName : $"{path}.{field.JsonName}");
            }
            else
            {
                Skip();
            }
        }
    }

    private void ReadField(IMessage message, FieldShape field, string path, bool isRoot = false)
    {
        if (IsNil())
        {
            field.Accessor.Clear(message);
            Skip();
        }
        else if (field.IsMap)
        {
            ReadMap((IDictionary)field.Accessor.GetValue(message), field.MapValue, path);
        }
        else if (field.IsList)
        {
            ReadList((IList)field.Accessor.GetValue(message), field, path);
        }
        else if (ReadValue(field, path, isRoot) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
        else
        {
            field.Accessor.Clear(message);
        }
    }

    private void ReadMap(IDictionary entries, FieldShape value, string path)
    {
        entries.Clear();
        foreach (var name in Children(path))
        {
            Expect(name, XmlNames.Entry, path);
            string? key = null;
            object? entry = null;
            foreach (var part in Children(path))
            {
                if (part.Equals(XmlNames.Key, StringComparison.OrdinalIgnoreCase))
                {
                    key = ReadText(path);
                }
                else if (part.Equals(XmlNames.Value, StringComparison.OrdinalIgnoreCase) && !IsNil())
                {
                    entry = ReadValue(value, $"{path}.{key}");
                }
                else
                {
                    Skip();
                }
            }

            if (key is not null && entry is not null)
            {
                entries[key] = entry;
            }
        }
    }

    private void ReadList(IList items, FieldShape item, string path)
    {
        items.Clear();
        foreach (var name in Children(path))
        {
            Expect(name, XmlNames.ItemOf(item), path);
            var at = $"{path}[{items.Count}]";
            items.Add(ReadValue(item, at) ?? throw Scalars.Invalid(at, Texts.Of($"must not be blank.")));
        }
    }

    /// <summary>The value of the element; null when it is blank and of a type that is no text.</summary>
    private object? ReadValue(FieldShape field, string path, bool isRoot = false)
    {
        if (field.Message is not { } shape || field.IsTimestamp)
        {
            return Scalars.ParseText(field, ReadText(path), path, _zone);
        }

        if (field.IsAnyJson || field.IsAnyObject)
        {
            throw new NotSupportedException($"The edge reads no {field.Type} from XML: {field.Descriptor.FullName}.");
        }

        var message = shape.NewMessage();
        ReadMessage(message, shape, path, isRoot);
        return message;
    }

    /// <summary>The names of the element's children. Each must be read, or skipped, before the next.</summary>
    private IEnumerable<string> Children(string path)
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
                    throw Scalars.Invalid(path, Texts.Of($"must have elements, but has the text {Scalars.Quote(_xml.Value)}."));
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
                    throw new RestException(StatusCodes.Status400BadRequest, Texts.Of($"The XML is nested deeper than {MaxDepth} elements."));
                }
            }
        }

        _xml.Read();
    }

    private string ReadText(string path)
    {
        try
        {
            return _xml.ReadElementContentAsString();
        }
        catch (XmlException) when (_xml.NodeType == XmlNodeType.Element)
        {
            throw Scalars.Invalid(path, Texts.Of($"must be text, but has the element {Scalars.Quote(_xml.LocalName)}."));
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

    private static void Expect(string name, string expected, string path)
    {
        if (!name.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw Scalars.Invalid(path, Texts.Of($"must have elements named {expected}, but has {Scalars.Quote(name)}."));
        }
    }
}
