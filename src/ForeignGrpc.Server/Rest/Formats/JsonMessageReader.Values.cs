using System.Text.Json;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Rest.Formats;

/// <content>The values of fields.</content>
internal sealed partial class JsonMessageReader
{
    private object ReadValue(ref Utf8JsonReader reader, FieldSchema field)
    {
        switch (field.Type)
        {
            case FieldType.String:
                return reader.TokenType switch
                {
                    JsonTokenType.String => JsonValues.ReadText(ref reader, _path),
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => JsonValues.Literal(ref reader),
                    _ => throw Mismatch(ref reader, Phrases.AString),
                };
            case FieldType.Int32:
                return ReadInt32(ref reader);
            case FieldType.Bool:
                return ReadBool(ref reader);
            case FieldType.Message when field.IsTimestamp:
                Expect(ref reader, JsonTokenType.String, Phrases.ADate);
                return TextValues.ParseDate(JsonValues.ReadText(ref reader, _path), _path, zone);
            case FieldType.Message when field.IsAnyJson:
                return JsonValues.Read(ref reader, _path);
            case FieldType.Message when field.Message is { } schema:
                var message = schema.NewMessage();
                ReadMessage(ref reader, message, schema);
                return message;
            default:
                throw new NotSupportedException($"The edge reads no {field.Type}: {field.Descriptor.FullName}.");
        }
    }

    private int ReadInt32(ref Utf8JsonReader reader)
    {
        var number = reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetInt32(out var given) => given,
            JsonTokenType.Number when reader.TryGetDouble(out var given) && given == (int)given => (int)given,
            JsonTokenType.String => Integers.TryParse(JsonValues.ReadText(ref reader, _path)),
            _ => null,
        };
        return number ?? throw Mismatch(ref reader, Phrases.AnInt32);
    }

    private bool ReadBool(ref Utf8JsonReader reader)
    {
        var isBool = reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String => TextValues.TryParseBool(JsonValues.ReadText(ref reader, _path)),
            _ => null,
        };
        return isBool ?? throw Mismatch(ref reader, Phrases.ABool);
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.TokenType != type)
        {
            throw Mismatch(ref reader, what);
        }
    }

    private Failure Mismatch(ref Utf8JsonReader reader, string expected)
    {
        object got = reader.TokenType switch
        {
            JsonTokenType.StartObject => Texts.Phrase(Phrases.AnObject),
            JsonTokenType.StartArray => Texts.Phrase(Phrases.AnArray),
            JsonTokenType.String => TextValues.Quote(JsonValues.ReadText(ref reader, _path)),
            _ => Excerpt.Of(JsonValues.Literal(ref reader)),
        };
        return TextValues.Invalid(_path, Texts.Of($"must be {Texts.Phrase(expected)}, but is {got}."));
    }
}
