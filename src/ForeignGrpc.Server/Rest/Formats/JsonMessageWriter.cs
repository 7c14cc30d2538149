using System.Buffers;
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// Protobuf messages → JSON as the documented API gives it, by descriptor: documented names in documented order, every
/// property present, null where there is no value, `{}` for an empty dictionary.
/// </summary>
internal readonly struct JsonMessageWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Utf8JsonWriter _json;
    private readonly Conventions _conventions;

    private JsonMessageWriter(Utf8JsonWriter json, Conventions conventions) => (_json, _conventions) = (json, conventions);

    /// <summary>Writes a message; with a bare field, only the value of this field.</summary>
    public static void Write(
        IBufferWriter<byte> output, IMessage message, FieldSchema? bareField, ResponseShape shape, Conventions conventions)
    {
        using var json = new Utf8JsonWriter(output, Options);
        var writer = new JsonMessageWriter(json, conventions);
        if (bareField is null)
        {
            writer.WriteMessage(message, MessageSchema.Of(message.Descriptor), shape);
        }
        else
        {
            writer.WriteField(message, bareField, shape);
        }
    }

    /// <summary>Writes a message. The shape applies to the response object, or to the objects of a list, not to nested objects.</summary>
    private void WriteMessage(IMessage message, MessageSchema schema, ResponseShape shape = default)
    {
        _json.WriteStartObject();
        foreach (var field in schema.Fields)
        {
            if (field.IsLeftOutOf(message))
            {
                continue;
            }

            _json.WritePropertyName(field.EncodedName);
            if (shape.Selected is { } selected && !selected.Contains(field.JsonName))
            {
                _json.WriteNullValue();
            }
            else
            {
                WriteField(message, field);
            }
        }

        if (shape.Links is { } links)
        {
            _json.WriteStartObject(ResponseShape.LinksProperty);
            foreach (var (name, url) in links)
            {
                _json.WriteString(name, url);
            }

            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteField(IMessage message, FieldSchema field, ResponseShape shape = default)
    {
        if (field.HasPresence && !field.Accessor.HasValue(message))
        {
            _json.WriteNullValue();
        }
        else if (field.IsMap)
        {
            WriteMap((IDictionary)field.Accessor.GetValue(message), field.MapValue);
        }
        else if (field.IsList)
        {
            WriteList((IList)field.Accessor.GetValue(message), field, shape);
        }
        else
        {
            WriteValue(field.Accessor.GetValue(message), field);
        }
    }

    private void WriteMap(IDictionary entries, FieldSchema value)
    {
        _json.WriteStartObject();
        foreach (DictionaryEntry entry in entries)
        {
            _json.WritePropertyName((string)entry.Key);
            if (entry.Value is IMessage message && PreRenderedMessages.Find(message) is { } shared)
            {
                _json.WriteRawValue(shared.Json ??= Render(message), skipInputValidation: true);
            }
            else
            {
                WriteValue(entry.Value!, value);
            }
        }

        _json.WriteEndObject();
    }

    private static byte[] Render(IMessage message)
    {
        var json = new ArrayBufferWriter<byte>();
        Write(json, message, null, default, Conventions.Default);
        return json.WrittenSpan.ToArray();
    }

    private void WriteList(IList items, FieldSchema item, ResponseShape shape)
    {
        _json.WriteStartArray();
        foreach (var value in items)
        {
            WriteValue(value!, item, shape);
        }

        _json.WriteEndArray();
    }

    private void WriteValue(object value, FieldSchema field, ResponseShape shape = default)
    {
        switch (field.Type)
        {
            case FieldType.String:
                _json.WriteStringValue(MultiLanguageText.In(_conventions.Language, (string)value));
                break;
            case FieldType.Int32:
                _json.WriteNumberValue((int)value);
                break;
            case FieldType.Bool:
                _json.WriteBooleanValue((bool)value);
                break;
            case FieldType.Message when field.IsTimestamp:
                Span<byte> date = stackalloc byte[Dates.LongestText];
                _json.WriteStringValue(date[..Dates.Format((Timestamp)value, date, _conventions.Zone)]);
                break;
            case FieldType.Message when field.IsAnyObject:
                WriteAnyObject((Struct)value);
                break;
            case FieldType.Message:
                WriteMessage((IMessage)value, field.Message!, shape);
                break;
            default:
                throw new NotSupportedException($"The edge writes no {field.Type}: {field.Descriptor.FullName}.");
        }
    }

    private void WriteAnyObject(Struct value)
    {
        _json.WriteStartObject();
        foreach (var (name, inner) in value.Fields)
        {
            _json.WritePropertyName(name);
            WriteAnyJson(inner);
        }

        _json.WriteEndObject();
    }

    private void WriteAnyJson(Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                _json.WriteStringValue(MultiLanguageText.In(_conventions.Language, value.StringValue));
                break;
            case Value.KindOneofCase.NumberValue:
                _json.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.BoolValue:
                _json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.StructValue:
                WriteAnyObject(value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                _json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    WriteAnyJson(item);
                }

                _json.WriteEndArray();
                break;
            default:
                _json.WriteNullValue();
                break;
        }
    }
}
