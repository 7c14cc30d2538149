using System.Buffers;
using System.Collections;
using System.Text;
using System.Xml;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// Writes protobuf messages as XML of the documented API, by descriptor: without namespace, with documented names in documented order, with
/// every property, nil for no value. <see cref="XmlMessageReader"/> reads this XML.
/// </summary>
internal sealed class XmlMessageWriter
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        // The reader must get line ends in values unchanged.
        NewLineHandling = NewLineHandling.Entitize,
    };

    private readonly XmlWriter _xml;
    private readonly Conventions _conventions;

    private XmlMessageWriter(XmlWriter xml, Conventions conventions) => (_xml, _conventions) = (xml, conventions);

    /// <summary>Writes the message, or the value of one field.</summary>
    /// <returns>False if a text has a character that XML 1.0 cannot carry. The output is then incomplete.</returns>
    public static bool TryWrite(
        IBufferWriter<byte> output, IMessage message, FieldSchema? bareField, ResponseShape shape, Conventions conventions) => TryWrite(
        output,
        conventions,
        writer =>
        {
            if (bareField is null)
            {
                var schema = MessageSchema.Of(message.Descriptor);
                writer.WriteElement(RootOf(schema, shape), () => writer.WriteProperties(message, schema, shape));
            }
            else
            {
                writer.WriteField(XmlNames.RootOf(bareField), message, bareField, shape);
            }
        });

    /// <summary>Writes the response without a result: an empty list, or nil.</summary>
    public static void WriteNothing(IBufferWriter<byte> output, MessageSchema schema, FieldSchema? bareField) => TryWrite(
        output,
        Conventions.Default,
        writer =>
        {
            var isList = bareField is { IsList: true };
            writer.WriteElement(bareField is null ? schema.Descriptor.Name : XmlNames.RootOf(bareField), isList ? () => { } : null);
        });

    private static bool TryWrite(IBufferWriter<byte> output, Conventions conventions, Action<XmlMessageWriter> write)
    {
        using var stream = new AnswerStream(output);
        var xml = XmlWriter.Create(stream, Settings);
        try
        {
            xml.WriteStartDocument();
            write(new XmlMessageWriter(xml, conventions));
        }
        catch (ArgumentException)
        {
            return false;
        }

        xml.Dispose();
        return true;
    }

    private static string RootOf(MessageSchema schema, ResponseShape shape) =>
        shape.Links is null ? schema.Descriptor.Name : $"{schema.Descriptor.Name}{ResponseShape.LinksTypeSuffix}";

    private void WriteProperties(IMessage message, MessageSchema schema, ResponseShape shape = default)
    {
        foreach (var field in schema.Fields)
        {
            if (field.IsLeftOutOf(message))
            {
                continue;
            }

            if (shape.Selected is { } selected && !selected.Contains(field.JsonName))
            {
                WriteElement(field.JsonName, null);
            }
            else
            {
                WriteField(field.JsonName, message, field);
            }
        }

        if (shape.Links is { } links)
        {
            WriteElement(ResponseShape.LinksProperty, () =>
            {
                foreach (var (name, url) in links)
                {
                    _xml.WriteElementString(name, url);
                }
            });
        }
    }

    private void WriteField(string name, IMessage message, FieldSchema field, ResponseShape shape = default)
    {
        if (field.HasPresence && !field.Accessor.HasValue(message))
        {
            WriteElement(name, null);
        }
        else if (field.IsMap)
        {
            WriteElement(name, () => WriteEntries((IDictionary)field.Accessor.GetValue(message), field.MapValue));
        }
        else if (field.IsList)
        {
            WriteElement(name, () => WriteItems((IList)field.Accessor.GetValue(message), field, shape));
        }
        else
        {
            WriteValue(name, field.Accessor.GetValue(message), field);
        }
    }

    private void WriteEntries(IDictionary entries, FieldSchema value)
    {
        foreach (DictionaryEntry entry in entries)
        {
            WriteElement(XmlNames.Entry, () =>
            {
                _xml.WriteElementString(XmlNames.Key, (string)entry.Key);
                WriteValue(XmlNames.Value, entry.Value!, value);
            });
        }
    }

    private void WriteItems(IList items, FieldSchema item, ResponseShape shape)
    {
        foreach (var value in items)
        {
            WriteValue(XmlNames.ItemOf(item), value!, item, shape);
        }
    }

    private void WriteValue(string name, object value, FieldSchema field, ResponseShape shape = default)
    {
        switch (field.Type)
        {
            case FieldType.String:
                WriteText(name, MultiLanguageText.In(_conventions.Language, (string)value));
                break;
            case FieldType.Int32:
                WriteText(name, XmlConvert.ToString((int)value));
                break;
            case FieldType.Bool:
                WriteText(name, XmlConvert.ToString((bool)value));
                break;
            case FieldType.Message when field.IsTimestamp:
                WriteText(name, Dates.Format((Timestamp)value, _conventions.Zone));
                break;
            case FieldType.Message when field.IsAnyObject:
                WriteElement(name, () => WriteAny((Struct)value));
                break;
            case FieldType.Message:
                WriteElement(name, () => WriteProperties((IMessage)value, field.Message!, shape));
                break;
            default:
                throw new NotSupportedException($"The edge writes no {field.Type}: {field.Descriptor.FullName}.");
        }
    }

    private void WriteAny(Struct value)
    {
        foreach (var (name, inner) in value.Fields)
        {
            WriteAny(name, inner);
        }
    }

    private void WriteAny(string name, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                WriteText(name, MultiLanguageText.In(_conventions.Language, value.StringValue));
                break;
            case Value.KindOneofCase.NumberValue:
                WriteText(name, XmlConvert.ToString(value.NumberValue));
                break;
            case Value.KindOneofCase.BoolValue:
                WriteText(name, XmlConvert.ToString(value.BoolValue));
                break;
            case Value.KindOneofCase.StructValue:
                WriteElement(name, () => WriteAny(value.StructValue));
                break;
            case Value.KindOneofCase.ListValue:
                WriteElement(name, () =>
                {
                    foreach (var item in value.ListValue.Values)
                    {
                        WriteAny(XmlNames.AnyObject, item);
                    }
                });
                break;
            default:
                WriteElement(name, null);
                break;
        }
    }

    private void WriteText(string name, string text) => WriteElement(name, () => _xml.WriteString(text));

    /// <summary>Writes an element. An element without content is nil.</summary>
    private void WriteElement(string name, Action? writeContent)
    {
        _xml.WriteStartElement(name);
        if (writeContent is null)
        {
            _xml.WriteAttributeString("i", XmlNames.Nil, XmlNames.SchemaInstance, "true");
        }
        else
        {
            writeContent();
        }

        _xml.WriteEndElement();
    }
}
