using System.Buffers;
using System.Text;
using System.Text.Json;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>Reads JSON values of any type.</summary>
internal static class JsonValues
{
    /// <summary>The length limit for names of properties, in bytes. Longer names are unknown: no message has such a name.</summary>
    public const int LongestName = 128;

    /// <summary>
    /// Reads a value of any type. A number becomes its literal, because a protobuf number is a double and would lose how `1.50` is written.
    /// Properties with names longer than <see cref="LongestName"/> are skipped.
    /// </summary>
    /// <param name="reader">The reader, positioned on the value; afterwards on the end of the value.</param>
    /// <param name="path">The position of the value, for error messages.</param>
    public static Value Read(ref Utf8JsonReader reader, ValuePath path)
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
                return Value.ForString(Literal(ref reader));
            case JsonTokenType.True or JsonTokenType.False:
                return Value.ForBool(reader.GetBoolean());
            default:
                return Value.ForNull();
        }
    }

    /// <summary>Reads the name of a property and moves to its value. Null if the name is longer than <see cref="LongestName"/>.</summary>
    public static string? ReadName(ref Utf8JsonReader reader, ValuePath path)
    {
        var name = IsLong(ref reader) ? null : ReadText(ref reader, path);
        reader.Read();
        return name;
    }

    /// <summary>Whether the current name of a property is longer than <see cref="LongestName"/>.</summary>
    public static bool IsLong(ref Utf8JsonReader reader) =>
        (reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > LongestName;

    /// <summary>Reads a string or a name.</summary>
    /// <exception cref="Failure">400: it is not Unicode.</exception>
    public static string ReadText(ref Utf8JsonReader reader, ValuePath path)
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

    /// <summary>The text of the current number, `true`, `false` or `null`.</summary>
    public static string Literal(ref Utf8JsonReader reader) =>
        Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);

    /// <summary>Whether a document is nothing but white space.</summary>
    public static bool IsBlank(in ReadOnlySequence<byte> json)
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

    /// <summary>A document without the mark that some programs put before UTF-8.</summary>
    public static ReadOnlySequence<byte> WithoutByteOrderMark(in ReadOnlySequence<byte> json)
    {
        var reader = new SequenceReader<byte>(json);
        return reader.IsNext(Encoding.UTF8.Preamble, advancePast: true) ? reader.UnreadSequence : json;
    }
}
