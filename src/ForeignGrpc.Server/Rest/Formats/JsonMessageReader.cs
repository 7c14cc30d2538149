using System.Buffers;
using System.Collections;
using System.Text.Json;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using NodaTime;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// Reads JSON request bodies into protobuf messages, by descriptor. Property names may have any case. Unknown and output-only properties
/// are skipped. Null means "not given". Numbers may be quoted. Comments and trailing commas are allowed. What is not JSON is
/// read as <see cref="RelaxedJson"/>. An error is a <see cref="Failure"/> that names the property. A reader reads one document, in time
/// and memory linear in its length.
/// </summary>
/// <param name="zone">The zone of dates without an offset; null is UTC.</param>
/// <param name="mistaken">See <see cref="UnknownProperties.RequireOwn"/>.</param>
internal sealed partial class JsonMessageReader(DateTimeZone? zone, MessageSchema? mistaken = null)
{
    /// <summary>A body with deeper nesting is malformed.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new()
    {
        MaxDepth = MaxDepth,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private ValuePath _path = new("");

    private delegate void DocumentReader(ref Utf8JsonReader reader);

    /// <summary>Reads one JSON document into the message, which is blank. A blank document, or `null`: nothing is given.</summary>
    public void Read(in ReadOnlySequence<byte> json, IMessage message, MessageSchema schema) => ReadDocument(
        json,
        schema.Descriptor.Name,
        (ref Utf8JsonReader reader) => ReadMessage(ref reader, message, schema, isRoot: true),
        () => Array.ForEach(schema.Fields, field => field.Accessor.Clear(message)));

    /// <summary>Reads one JSON document into a field of the message. A blank document, or `null`: the field is not given.</summary>
    public void ReadField(in ReadOnlySequence<byte> json, IMessage message, FieldSchema field) => ReadDocument(
        json,
        field.JsonName,
        (ref Utf8JsonReader reader) =>
        {
            if (field.Message is { } schema && !field.IsList)
            {
                ReadMessage(ref reader, field.Set(message), schema, isRoot: true);
            }
            else
            {
                ReadField(ref reader, message, field);
            }
        },
        () => field.Accessor.Clear(message));

    /// <param name="json">The document.</param>
    /// <param name="root">What it is, for errors.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="forget">Forgets what has been read of a document that turned out to be no JSON.</param>
    private void ReadDocument(in ReadOnlySequence<byte> json, string root, DocumentReader read, Action forget)
    {
        var document = JsonValues.WithoutByteOrderMark(json);
        if (JsonValues.IsBlank(document))
        {
            return;
        }

        try
        {
            ReadStrictly(document, root, read);
        }
        catch (JsonException e)
        {
            forget();
            try
            {
                ReadStrictly(new ReadOnlySequence<byte>(RelaxedJson.ToStrict(document)), root, read);
            }
            catch (JsonException)
            {
                throw Failure.Malformed(Texts.Of($"Malformed JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}."));
            }
        }
    }

    private void ReadStrictly(in ReadOnlySequence<byte> document, string root, DocumentReader read)
    {
        _path = new ValuePath(root);
        var reader = new Utf8JsonReader(document, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.Null)
        {
            read(ref reader);
        }

        reader.Read();
    }

    private void ReadMessage(ref Utf8JsonReader reader, IMessage message, MessageSchema schema, bool isRoot = false)
    {
        Expect(ref reader, JsonTokenType.StartObject, Phrases.AnObject);
        var (isAnyKnown, isAnyUnknown) = (false, false);
        while (ReadName(ref reader, schema, isRoot, out var field))
        {
            isAnyKnown |= field is not null;
            isAnyUnknown |= field is null;
            if (field is null or { IsOutputOnly: true })
            {
                reader.Skip();
            }
            else if (reader.TokenType == JsonTokenType.Null && !field.IsAnyJson)
            {
                field.Accessor.Clear(message);
            }
            else
            {
                _path.Enter(field.JsonName);
                ReadField(ref reader, message, field);
                _path.Leave();
            }
        }

        if (isAnyUnknown && !isAnyKnown)
        {
            throw UnknownProperties.NoneKnown(_path, schema);
        }
    }

    /// <summary>
    /// Moves to the value of the next property; false at the end of the object. The field is null for unknown properties.
    /// </summary>
    private bool ReadName(ref Utf8JsonReader reader, MessageSchema schema, bool isRoot, out FieldSchema? field)
    {
        field = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        if (!JsonValues.IsLong(ref reader))
        {
            Span<char> buffer = stackalloc char[JsonValues.LongestName];
            try
            {
                var name = buffer[..reader.CopyString(buffer)];
                field = schema.Find(name);
                if (field is null && isRoot)
                {
                    UnknownProperties.RequireOwn(name, mistaken);
                }
            }
            catch (InvalidOperationException)
            {
                throw Failure.Malformed(Texts.Of($"A property's name is not valid Unicode text."));
            }
        }

        reader.Read();
        return true;
    }

    private void ReadField(ref Utf8JsonReader reader, IMessage message, FieldSchema field)
    {
        if (field.IsPatch && reader.TokenType == JsonTokenType.StartObject)
        {
            ReadMergePatch(ref reader, (IList)field.Accessor.GetValue(message));
        }
        else if (field.IsList)
        {
            ReadList(ref reader, (IList)field.Accessor.GetValue(message), field);
        }
        else
        {
            field.Accessor.SetValue(message, ReadValue(ref reader, field));
        }
    }

    private void ReadList(ref Utf8JsonReader reader, IList items, FieldSchema item)
    {
        Expect(ref reader, JsonTokenType.StartArray, Phrases.AnArray);
        items.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (item.IsPatch)
            {
                RequireRoom(items);
            }

            _path.Enter(items.Count);
            items.Add(ReadValue(ref reader, item));
            _path.Leave();
        }
    }

    /// <summary>
    /// A merge patch (RFC 7386) as the operations that do the same: null removes, anything else takes a property's place.
    /// </summary>
    private void ReadMergePatch(ref Utf8JsonReader reader, IList operations)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonValues.ReadName(ref reader, _path) is not { } name)
            {
                reader.Skip();
                continue;
            }

            RequireRoom(operations);
            _path.Enter(name);
            var value = JsonValues.Read(ref reader, _path);
            _path.Leave();
            operations.Add(MessagePatch.Merging(name, value));
        }
    }

    /// <summary>Refuses one operation too many before it is read.</summary>
    private void RequireRoom(IList operations)
    {
        if (operations.Count == MessagePatch.MostOperations)
        {
            throw TextValues.Invalid(
                _path, Texts.Of($"has more than {MessagePatch.MostOperations:N0} operations; send them in several patches."));
        }
    }
}
