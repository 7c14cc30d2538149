using System.Buffers;
using System.Text;
using System.Text.Json;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Values of JSON, whatever they are.</summary>
internal static class JsonValues
{
    /// <summary>The most bytes that the name of a property may have to be looked at: no type has one as long.</summary>
    public const int LongestName = 128;

    /// <summary>Any value. Properties with long names are left out of it.</summary>
    /// <param name="reader">Stands on the value, and afterwards on its end.</param>
    /// <param name="path">The value's place, for errors.</param>
    public static Value Read(ref Utf8JsonReader reader, BodyPath path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var fields = new Struct();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (ReadName(ref reader, path) is not { } name)
                    {
                        reader.Skip();
                        continue;
                    }

                    path.Enter(name);
                    fields.Fields[name] = Read(ref reader, path);
                    path.Leave();
                }

                return Value.ForStruct(fields);
            case JsonTokenType.StartArray:
                var items = new ListValue();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    path.Enter(items.Values.Count);
                    items.Values.Add(Read(ref reader, path));
                    path.Leave();
                }

                return new Value { ListValue = items };
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

    /// <summary>The name of a property, from which the reader moves on to its value; null when it is long.</summary>
    public static string? ReadName(ref Utf8JsonReader reader, BodyPath path)
    {
        var name = IsLong(ref reader) ? null : ReadText(ref reader, path);
        reader.Read();
        return name;
    }

    /// <summary>Whether the property's name, on which the reader stands, is longer than <see cref="LongestName"/>.</summary>
    public static bool IsLong(ref Utf8JsonReader reader) =>
        (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > LongestName;

    /// <summary>A string or a name.</summary>
    /// <exception cref="Failure">400: it is not Unicode.</exception>
    public static string ReadText(ref Utf8JsonReader reader, BodyPath path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw TextValues.Invalid(
                path, Texts.Of($"is not valid Unicode text: it has an unpaired surrogate or bytes that are not UTF-8."));
        }
    }

    /// <summary>A number, `true`, `false` or `null`, as it is written.</summary>
    public static string Literal(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}
