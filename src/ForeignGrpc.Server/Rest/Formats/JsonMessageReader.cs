using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// JSON as the documented API takes it → protobuf messages, by descriptor: property names in any case, unknown properties
/// ignored, null is "not given", numbers may be quoted; dates without an offset are in the zone. Errors are <see cref="RestException"/>s that name the property.
/// </summary>
internal sealed class JsonMessageReader(DateTimeZone? zone)
{
    /// <summary>Deeper nesting is refused.</summary>
    public const int MaxDepth = 64;

    private const int LongestName = 128;

    private delegate void DocumentReader(ref Utf8JsonReader reader);

    /// <summary>Reads one JSON document into the message. Blank, or `null`: nothing is given.</summary>
    public void Read(in ReadOnlySequence<byte> json, IMessage message, MessageShape shape) => ReadDocument(
        json, (ref Utf8JsonReader reader) => ReadMessage(ref reader, message, shape, shape.Descriptor.Name, isRoot: true));

    /// <summary>Reads one JSON document into a field of the message. Blank, or `null`: the field is not given.</summary>
    public void ReadField(in ReadOnlySequence<byte> json, IMessage message, FieldShape field) => ReadDocument(
        json,
        (ref Utf8JsonReader reader) =>
        {
            if (field.Message is { } shape && !field.IsList)
            {
                ReadMessage(ref reader, field.Set(message), shape, field.JsonName, isRoot: true);
            }
            else
            {
                ReadField(ref reader, message, field, field.JsonName);
            }
        });

    private static void ReadDocument(in ReadOnlySequence<byte> json, DocumentReader read)
    {
        var document = WithoutByteOrderMark(json);
        if (IsBlank(document))
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                read(ref reader);
            }

            reader.Read();
        }
        catch (JsonException e)
        {
            throw new RestException(
                StatusCodes.Status400BadRequest, Texts.Of($"Malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."));
        }
    }

    private static bool IsBlank(in ReadOnlySequence<byte> json)
    {
        foreach (var segment in json)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySequence<byte> WithoutByteOrderMark(in ReadOnlySequence<byte> json)
    {
        var reader = new SequenceReader<byte>(json);
        return reader.IsNext(Encoding.UTF8.Preamble, advancePast: true) ? reader.UnreadSequence : json;
    }

    private void ReadMessage(ref Utf8JsonReader reader, IMessage message, MessageShape shape, string path, bool isRoot = false)
    {
        Expect(ref reader, JsonTokenType.StartObject, Phrases.AnObject, path);
        while (ReadName(ref reader, shape, out var field))
        {
            if (field is null)
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.Null && !field.IsAnyJson)
            {
                field.Accessor.Clear(message);
            }
            else
            {
                ReadField(ref reader, message, field, isRoot ? field.JsonName : $"{path}.{field.JsonName}");
            }
        }
    }

    /// <summary>Moves to the value of the next property; false at the end of the object. The field is null for unknown properties.</summary>
    private static bool ReadName(ref Utf8JsonReader reader, MessageShape shape, out FieldShape? field)
    {
        field = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        if ((reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) <= LongestName)
        {
            Span<char> name = stackalloc char[LongestName];
            try
            {
                field = shape.Find(name[..reader.CopyString(name)]);
            }
            catch (InvalidOperationException)
            {
                throw new RestException(StatusCodes.Status400BadRequest, Texts.Of($"A property's name is not valid Unicode text."));
            }
        }

        reader.Read();
        return true;
    }

    private void ReadField(ref Utf8JsonReader reader, IMessage message, FieldShape field, string path)
    {
        if (field.IsMap)
        {
            ReadMap(ref reader, (IDictionary)field.Accessor.GetValue(message), field.MapValue, path);
        }
        else if (field.IsPatch && reader.TokenType == JsonTokenType.StartObject)
        {
            ReadMergePatch(ref reader, (IList)field.Accessor.GetValue(message), path);
        }
        else if (field.IsList)
        {
            ReadList(ref reader, (IList)field.Accessor.GetValue(message), field, path);
        }
        else
        {
            field.Accessor.SetValue(message, ReadValue(ref reader, field, path));
        }
    }

    private void ReadMap(ref Utf8JsonReader reader, IDictionary entries, FieldShape value, string path)
    {
        Expect(ref reader, JsonTokenType.StartObject, Phrases.AnObject, path);
        entries.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadText(ref reader, path);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                entries[name] = ReadValue(ref reader, value, $"{path}.{name}");
            }
        }
    }

    private void ReadList(ref Utf8JsonReader reader, IList items, FieldShape item, string path)
    {
        Expect(ref reader, JsonTokenType.StartArray, Phrases.AnArray, path);
        items.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader, item, $"{path}[{items.Count}]"));
        }
    }

    /// <summary>A merge patch (RFC 7386) as the operations that do the same: null removes, anything else takes a property's place.</summary>
    private static void ReadMergePatch(ref Utf8JsonReader reader, IList operations, string path)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadText(ref reader, path);
            reader.Read();
            var value = ReadAnyJson(ref reader, $"{path}.{name}");
            var pointer = "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
            operations.Add(value.KindCase == Value.KindOneofCase.NullValue
                ? new PatchOperation { Op = "remove", Path = pointer }
                : new PatchOperation { Op = "replace", Path = pointer, Value = value });
        }
    }

    private static Value ReadAnyJson(ref Utf8JsonReader reader, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var fields = new Struct();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = ReadText(ref reader, path);
                    reader.Read();
                    fields.Fields[name] = ReadAnyJson(ref reader, $"{path}.{name}");
                }

                return Value.ForStruct(fields);
            case JsonTokenType.StartArray:
                var items = new List<Value>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadAnyJson(ref reader, $"{path}[{items.Count}]"));
                }

                return Value.ForList([.. items]);
            case JsonTokenType.String:
                return Value.ForString(ReadText(ref reader, path));
            case JsonTokenType.Number:
                return Value.ForNumber(reader.GetDouble());
            case JsonTokenType.True or JsonTokenType.False:
                return Value.ForBool(reader.GetBoolean());
            default:
                return Value.ForNull();
        }
    }

    private object ReadValue(ref Utf8JsonReader reader, FieldShape field, string path)
    {
        switch (field.Type)
        {
            case FieldType.String when field.IsFlags && reader.TokenType == JsonTokenType.Number:
                return ReadInt32(ref reader, path).ToString(CultureInfo.InvariantCulture);
            case FieldType.String:
                Expect(ref reader, JsonTokenType.String, Phrases.AString, path);
                return ReadText(ref reader, path);
            case FieldType.Int32:
                return ReadInt32(ref reader, path);
            case FieldType.Bool:
                return ReadBool(ref reader, path);
            case FieldType.Message when field.IsTimestamp:
                Expect(ref reader, JsonTokenType.String, Phrases.ADate, path);
                return Scalars.ParseDate(ReadText(ref reader, path), path, zone);
            case FieldType.Message when field.IsAnyJson:
                return ReadAnyJson(ref reader, path);
            case FieldType.Message:
                var message = field.Message!.NewMessage();
                ReadMessage(ref reader, message, field.Message, path);
                return message;
            default:
                throw new NotSupportedException($"The edge reads no {field.Type}: {field.Descriptor.FullName}.");
        }
    }

    private static int ReadInt32(ref Utf8JsonReader reader, string path)
    {
        var isNumber = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt32(out var given) ? (int?)given : null,
            JsonTokenType.String => Scalars.TryParseInt32(ReadText(ref reader, path)),
            _ => null,
        };
        return isNumber ?? throw Mismatch(ref reader, Phrases.AnInt32, path);
    }

    private static bool ReadBool(ref Utf8JsonReader reader, string path)
    {
        var isBool = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => Scalars.TryParseBool(ReadText(ref reader, path)),
            _ => null,
        };
        return isBool ?? throw Mismatch(ref reader, Phrases.ABool, path);
    }

    private static string ReadText(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Scalars.Invalid(path, Texts.Of($"is not valid Unicode text (a surrogate without its other half, or bytes that are not UTF-8)."));
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string path)
    {
        if (reader.TokenType != type)
        {
            throw Mismatch(ref reader, what, path);
        }
    }

    private static RestException Mismatch(ref Utf8JsonReader reader, string expected, string path)
    {
        var got = reader.TokenType switch
        {
            JsonTokenType.StartObject => Texts.Phrase(Phrases.AnObject),
            JsonTokenType.StartArray => Texts.Phrase(Phrases.AnArray),
            JsonTokenType.Null => "null",
            JsonTokenType.String => Scalars.Quote(ReadText(ref reader, path)),
            _ => Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan),
        };
        return Scalars.Invalid(path, Texts.Of($"must be {Texts.Phrase(expected)}, but is {Scalars.Shorten(got)}."));
    }
}
