using System.Collections;
using System.Globalization;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Messages;

/// <summary>One operation of a JSON Patch; see <see cref="MessagePatch"/>.</summary>
/// <param name="operation">The operation.</param>
/// <param name="index">The index of the operation in the patch, for error messages.</param>
/// <param name="zone">The zone of dates without an offset; null is UTC.</param>
internal sealed class PatchStep(PatchOperation operation, int index, DateTimeZone? zone)
{
    public const string Test = "test";

    private const string Add = "add";
    private const string Remove = "remove";

    /// <summary>The most segments of a path. No message is nested as deep.</summary>
    private const int MostSegments = 8;

    private readonly string _op = operation.Op.ToLowerInvariant();
    private readonly Value _value = operation.Value ?? Value.ForNull();
    private readonly ValuePath _path = new("");

    private bool IsTest => _op == Test;

    /// <summary>Applies the operation. False, and nothing is changed, if the first name of the path is unknown.</summary>
    /// <exception cref="Failure">INVALID_ARGUMENT: the operation is malformed, or its path does not exist. ABORTED: the test
    /// failed.</exception>
    public bool TryApply(IMessage message)
    {
        if (_op is not (Add or "replace" or Remove or Test))
        {
            throw Invalid("op", Texts.Of($"must be add, replace, remove or test, but is '{Excerpt.Of(operation.Op)}'."));
        }

        var path = operation.Path.TrimStart('/').Split('/', MostSegments + 1);
        for (var i = 0; ; i++)
        {
            if (TryFind(message, path[i]) is not { } field)
            {
                return IsTest ? throw TestFailed() : i > 0;
            }

            if (field.IsOutputOnly && !IsTest)
            {
                return true;
            }

            var isLast = i == path.Length - 1;
            if (isLast)
            {
                ApplyToField(message, field);
                return true;
            }

            if (field.IsList)
            {
                var items = (IList)field.Accessor.GetValue(message);
                if (i + 2 == path.Length)
                {
                    ApplyToItem(items, field, path[i + 1]);
                    return true;
                }

                message = (IMessage)items[Index(items, path[++i], mayAppend: false)]!;
            }
            else
            {
                message = field.Message is not null && field.Accessor.GetValue(message) is IMessage inner ? inner : throw NoSuchPath();
            }
        }
    }

    private void ApplyToField(IMessage message, FieldSchema field)
    {
        switch (_op)
        {
            case Test:
                Require(IsEqual(message, field));
                break;
            case Remove:
                field.Accessor.Clear(message);
                break;
            case var _ when field.IsList:
                var items = (IList)field.Accessor.GetValue(message);
                if (_op != Add && _value.KindCase == Value.KindOneofCase.ListValue)
                {
                    items.Clear();
                }

                AddItems(items, _value, field);
                break;
            case var _ when Convert(_value, field) is { } value:
                field.Accessor.SetValue(message, value);
                break;
            default:
                field.Accessor.Clear(message);
                break;
        }
    }

    private void ApplyToItem(IList items, FieldSchema field, string segment)
    {
        var i = Index(items, segment, mayAppend: _op == Add);
        switch (_op)
        {
            case Test:
                Require(Equals(items[i], Convert(_value, field)));
                break;
            case Remove:
                items.RemoveAt(i);
                break;
            case Add:
                items.Insert(i, Convert(_value, field) ?? throw MustBe(Phrases.AnObject));
                break;
            default:
                items[i] = Convert(_value, field) ?? throw MustBe(Phrases.AnObject);
                break;
        }
    }

    private bool IsEqual(IMessage message, FieldSchema field)
    {
        if (field.IsMap)
        {
            // The maps of patched messages are always empty.
            return _value is { KindCase: Value.KindOneofCase.StructValue, StructValue.Fields.Count: 0 };
        }

        if (!field.IsList)
        {
            var actual = field.HasPresence && !field.Accessor.HasValue(message) ? null : field.Accessor.GetValue(message);
            return Equals(actual, Convert(_value, field));
        }

        var (items, expected) = ((IList)field.Accessor.GetValue(message), ItemsOf(_value));
        return items.Count == expected.Count && expected.Index().All(item => Equals(items[item.Index], Convert(item.Item, field)));
    }

    /// <summary>The items of a list. As in the documented API, an object in place of a list is a list with one item.</summary>
    private static RepeatedField<Value> ItemsOf(Value value) =>
        value.KindCase == Value.KindOneofCase.ListValue ? value.ListValue.Values : [value];

    private void AddItems(IList items, Value value, FieldSchema field)
    {
        foreach (var (i, item) in ItemsOf(value).Index())
        {
            _path.Enter(i);
            items.Add(Convert(item, field) ?? throw MustBe(Phrases.AnObject));
            _path.Leave();
        }
    }

    private int Index(IList items, string segment, bool mayAppend)
    {
        if (segment == "-" && mayAppend)
        {
            return items.Count;
        }

        if (segment is ['0', >= '0' and <= '9', ..])
        {
            throw Invalid("path", Texts.Of($"has the index '{Excerpt.Of(segment)}'; an index must not have a leading zero."));
        }

        return int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < items.Count + (mayAppend ? 1 : 0)
            ? i
            : throw NoSuchPath();
    }

    private static FieldSchema? TryFind(IMessage message, string segment)
    {
        var name = segment.Contains('~', StringComparison.Ordinal)
            ? segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : segment;
        return MessageSchema.Of(message.Descriptor).Find(name);
    }

    /// <summary>Converts a value to the type of the field; null stays null.</summary>
    private object? Convert(Value value, FieldSchema field) => (field.Type, value.KindCase) switch
    {
        (_, Value.KindOneofCase.NullValue or Value.KindOneofCase.None) => null,
        (FieldType.Message, Value.KindOneofCase.StringValue) when field.IsTimestamp =>
            Dates.TryParse(value.StringValue, zone) ?? throw MustBe(Phrases.ADate),
        (FieldType.Message, Value.KindOneofCase.StructValue) when field is { IsTimestamp: false, Message: { } schema } =>
            MessageOf(value.StructValue, schema),
        (FieldType.Message, _) => throw MustBe(field.IsTimestamp ? Phrases.ADate : Phrases.AnObject),
        _ => PatchValues.Of(value, field) ?? throw MustBe(PatchValues.NameOf(field)),
    };

    /// <summary>Converts an object to a message. Output-only properties are read only for a test.</summary>
    private IMessage MessageOf(Struct value, MessageSchema schema)
    {
        var message = schema.NewMessage();
        var isAnyKnown = value.Fields.Count == 0;
        foreach (var (property, inner) in value.Fields)
        {
            var field = schema.Find(property);
            isAnyKnown |= field is not null;
            if (field is null or { IsMap: true } || (field.IsOutputOnly && !IsTest))
            {
                continue;
            }

            _path.Enter(field.JsonName);
            if (field.IsList)
            {
                AddItems((IList)field.Accessor.GetValue(message), inner, field);
            }
            else if (Convert(inner, field) is { } converted)
            {
                field.Accessor.SetValue(message, converted);
            }

            _path.Leave();
        }

        return isAnyKnown
            ? message
            : throw InvalidValue(Texts.Of($"has only unknown properties; {schema.Descriptor.Name} has {schema.SomeNames}."));
    }

    private void Require(bool holds)
    {
        if (!holds)
        {
            throw TestFailed();
        }
    }

    private Failure TestFailed() => Failure.Aborted(Texts.Of($"The test of '{Excerpt.Of(operation.Path)}' failed; nothing was changed."));

    private Failure NoSuchPath() =>
        IsTest ? TestFailed() : Invalid("path", Texts.Of($"'{Excerpt.Of(operation.Path)}' does not exist."));

    private Failure MustBe(string what) => InvalidValue(Texts.Of($"must be {Texts.Phrase(what)}."));

    private Failure InvalidValue(Text description) =>
        Invalid(_path.ToString() is { Length: > 0 } inner ? $"value{(inner[0] == '[' ? "" : ".")}{inner}" : "value", description);

    private Failure Invalid(string part, Text description) => Failure.InvalidArgument($"changes[{index}].{part}", description);
}
