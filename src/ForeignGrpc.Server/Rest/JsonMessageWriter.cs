using System.Buffers;
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest;

/// <summary>
/// Protobuf messages → JSON as the documented API gives it, by descriptor: documented names in documented order, every
/// property present, null where there is no value, `{}` for an empty dictionary.
/// </summary>
internal static class JsonMessageWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Writes the message, or, where one is given, the bare value of its field.</summary>
    public static void Write(IBufferWriter<byte> output, IMessage message, FieldShape? bareField = null, Presentation presentation = default)
    {
        using var json = new Utf8JsonWriter(output, Options);
        if (bareField is null)
        {
            WriteMessage(json, message, MessageShape.Of(message.Descriptor), presentation);
        }
        else
        {
            WriteField(json, message, bareField, presentation);
        }
    }

    /// <summary>The presentation is for the object that the response is, or the objects of the list; not for those within them.</summary>
    private static void WriteMessage(Utf8JsonWriter json, IMessage message, MessageShape shape, Presentation presentation = default)
    {
        json.WriteStartObject();
        foreach (var field in shape.Fields)
        {
            json.WritePropertyName(field.EncodedName);
            if (presentation.Selected is { } selected && !selected.Contains(field.JsonName))
            {
                json.WriteNullValue();
            }
            else
            {
                WriteField(json, message, field);
            }
        }

        if (presentation.Links is { } links)
        {
            json.WriteStartObject(ResourceLinks.Property);
            foreach (var (name, url) in links)
            {
                json.WriteString(name, url);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, IMessage message, FieldShape field, Presentation presentation = default)
    {
        if (field.HasPresence && !field.Accessor.HasValue(message))
        {
            json.WriteNullValue();
        }
        else if (field.IsMap)
        {
            WriteMap(json, (IDictionary)field.Accessor.GetValue(message), field.MapValue);
        }
        else if (field.IsList)
        {
            WriteList(json, (IList)field.Accessor.GetValue(message), field, presentation);
        }
        else
        {
            WriteValue(json, field.Accessor.GetValue(message), field);
        }
    }

    private static void WriteMap(Utf8JsonWriter json, IDictionary entries, FieldShape value)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in entries)
        {
            json.WritePropertyName((string)entry.Key);
            WriteValue(json, entry.Value!, value);
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, IList items, FieldShape item, Presentation presentation)
    {
        json.WriteStartArray();
        foreach (var value in items)
        {
            WriteValue(json, value!, item, presentation);
        }

        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, object value, FieldShape field, Presentation presentation = default)
    {
        switch (field.Type)
        {
            case FieldType.String:
                json.WriteStringValue((string)value);
                break;
            case FieldType.Int32:
                json.WriteNumberValue((int)value);
                break;
            case FieldType.Bool:
                json.WriteBooleanValue((bool)value);
                break;
            case FieldType.Message when field.IsTimestamp:
                Span<byte> date = stackalloc byte[Dates.LongestText];
                json.WriteStringValue(date[..Dates.Format((Timestamp)value, date)]);
                break;
            case FieldType.Message when field.IsAnyObject:
                WriteAnyObject(json, (Struct)value);
                break;
            case FieldType.Message:
                WriteMessage(json, (IMessage)value, field.Message!, presentation);
                break;
            default:
                throw new NotSupportedException($"The edge writes no {field.Type}: {field.Descriptor.FullName}.");
        }
    }

    private static void WriteAnyObject(Utf8JsonWriter json, Struct value)
    {
        json.WriteStartObject();
        foreach (var (name, inner) in value.Fields)
        {
            json.WritePropertyName(name);
            WriteAnyJson(json, inner);
        }

        json.WriteEndObject();
    }

    private static void WriteAnyJson(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.NumberValue:
                json.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                WriteAnyObject(json, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    WriteAnyJson(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }
}
