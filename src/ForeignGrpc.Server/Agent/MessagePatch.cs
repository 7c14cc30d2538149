using System.Collections;
using System.Globalization;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ForeignGrpc.Server.Agent;

/// <summary>
/// Applies JSON Patch (RFC 6902: add, replace, remove, test) to a message, by its descriptor. Paths name properties as documented,
/// in any case, with or without the leading slash.
/// </summary>
internal static class MessagePatch
{
    private const string Test = "test";

    /// <exception cref="RpcException">INVALID_ARGUMENT: an operation is none, or its path leads nowhere. ABORTED: a test failed.
    /// The message is then half changed and must be thrown away.</exception>
    public static void Apply(IMessage message, IReadOnlyList<PatchOperation> operations)
    {
        foreach (var (i, operation) in operations.Index())
        {
            new Step(operation, $"changes[{i}]").Apply(message);
        }
    }

    /// <summary>Whether the operation changes nothing.</summary>
    public static bool IsTest(PatchOperation operation) => operation.Op.Equals(Test, StringComparison.OrdinalIgnoreCase);

    private sealed class Step(PatchOperation operation, string name)
    {
        private readonly string _op = operation.Op.ToLowerInvariant();
        private readonly Value _value = operation.Value ?? Value.ForNull();

        public void Apply(IMessage message)
        {
            if (_op is not ("add" or "replace" or "remove" or Test))
            {
                throw Failures.InvalidArgument($"{name}.op", Texts.Of($"must be add, replace, remove or test, but is '{operation.Op}'."));
            }

            var path = operation.Path.TrimStart('/').Split('/')
                .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                .ToArray();
            for (var i = 0; ; i++)
            {
                var field = TryFind(message, path[i]) ?? throw NoSuchPath();
                var isLast = i == path.Length - 1;
                if (field.IsMap)
                {
                    // The server owns every dictionary that carriers have.
                    return;
                }

                if (field.IsList && !isLast)
                {
                    var items = (IList)field.Accessor.GetValue(message);
                    if (i + 2 == path.Length)
                    {
                        ApplyToItem(items, field, path[i + 1]);
                        return;
                    }

                    message = (IMessage)items[Index(items, path[++i], mayAppend: false)]!;
                }
                else if (isLast)
                {
                    ApplyToField(message, field);
                    return;
                }
                else
                {
                    message = field.Type == FieldType.Message && field.Accessor.GetValue(message) is IMessage inner ? inner : throw NoSuchPath();
                }
            }
        }

        private static bool IsGiven(IMessage message, FieldShape field) => !field.HasPresence || field.Accessor.HasValue(message);

        private void ApplyToField(IMessage message, FieldShape field)
        {
            switch (_op)
            {
                case Test:
                    var actual = IsGiven(message, field) ? field.Accessor.GetValue(message) : null;
                    Require(field.IsList ? SameItems((IList)actual!, field) : Equals(actual, Convert(_value, field)));
                    break;
                case "remove":
                    field.Accessor.Clear(message);
                    break;
                case var _ when field.IsList:
                    var items = (IList)field.Accessor.GetValue(message);
                    if (_value.KindCase == Value.KindOneofCase.ListValue)
                    {
                        items.Clear();
                    }

                    foreach (var item in ItemsOf(_value))
                    {
                        items.Add(Convert(item, field));
                    }

                    break;
                case var _ when Convert(_value, field) is { } value:
                    field.Accessor.SetValue(message, value);
                    break;
                default:
                    field.Accessor.Clear(message);
                    break;
            }
        }

        private void ApplyToItem(IList items, FieldShape field, string index)
        {
            var i = Index(items, index, mayAppend: _op == "add");
            switch (_op)
            {
                case Test:
                    Require(Equals(items[i], Convert(_value, field)));
                    break;
                case "remove":
                    items.RemoveAt(i);
                    break;
                case "add":
                    items.Insert(i, Convert(_value, field) ?? throw MustBe(Phrases.AnObject));
                    break;
                default:
                    items[i] = Convert(_value, field) ?? throw MustBe(Phrases.AnObject);
                    break;
            }
        }

        /// <summary>An object in the place of a list is one more item, as the documented API has it.</summary>
        private static RepeatedField<Value> ItemsOf(Value value) =>
            value.KindCase == Value.KindOneofCase.ListValue ? value.ListValue.Values : [value];

        private bool SameItems(IList items, FieldShape field) => items.Cast<object>().SequenceEqual(ItemsOf(_value).Select(item => Convert(item, field)!));

        private int Index(IList items, string text, bool mayAppend)
        {
            if (text == "-" && mayAppend)
            {
                return items.Count;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count + (mayAppend ? 1 : 0)
                ? index
                : throw NoSuchPath();
        }

        private static FieldShape? TryFind(IMessage message, string property) => MessageShape.Of(message.Descriptor).Find(property);

        /// <summary>The value as the field's type has it; null for null.</summary>
        private object? Convert(Value value, FieldShape field) => (field.Type, value.KindCase) switch
        {
            (FieldType.String, Value.KindOneofCase.NumberValue) when field.IsFlags => value.NumberValue.ToString(CultureInfo.InvariantCulture),
            (_, Value.KindOneofCase.NullValue or Value.KindOneofCase.None) => null,
            (FieldType.String, Value.KindOneofCase.StringValue) => value.StringValue,
            (FieldType.String, _) => throw MustBe(Phrases.AString),
            (FieldType.Bool, Value.KindOneofCase.BoolValue) => value.BoolValue,
            (FieldType.Bool, _) => throw MustBe(Phrases.ABool),
            (FieldType.Int32, Value.KindOneofCase.NumberValue) when value.NumberValue == (int)value.NumberValue => (int)value.NumberValue,
            (FieldType.Int32, Value.KindOneofCase.StringValue)
                when int.TryParse(value.StringValue, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            (FieldType.Int32, _) => throw MustBe(Phrases.AnInt32),
            (FieldType.Message, Value.KindOneofCase.StringValue) when field.IsTimestamp => DateOf(value.StringValue),
            (FieldType.Message, Value.KindOneofCase.StructValue) when !field.IsTimestamp => MessageOf(value.StructValue, field),
            _ => throw MustBe(field.IsTimestamp ? Phrases.ADate : Phrases.AnObject),
        };

        private IMessage MessageOf(Struct value, FieldShape field)
        {
            var message = field.Message!.NewMessage();
            foreach (var (property, inner) in value.Fields)
            {
                if (TryFind(message, property) is not { IsMap: false } target)
                {
                    continue;
                }

                if (target.IsList)
                {
                    var items = (IList)target.Accessor.GetValue(message);
                    foreach (var item in ItemsOf(inner))
                    {
                        items.Add(Convert(item, target) ?? throw MustBe(Phrases.AnObject));
                    }
                }
                else if (Convert(inner, target) is { } converted)
                {
                    target.Accessor.SetValue(message, converted);
                }
            }

            return message;
        }

        private Timestamp DateOf(string text) => Dates.TryParse(text, null) ?? throw MustBe(Phrases.ADate);

        private void Require(bool holds)
        {
            if (!holds)
            {
                throw Failures.Aborted(Texts.Of($"The test of '{operation.Path}' failed; nothing was changed."));
            }
        }

        private RpcException NoSuchPath() => Failures.InvalidArgument($"{name}.path", Texts.Of($"'{operation.Path}' leads nowhere."));

        private RpcException MustBe(string what) => Failures.InvalidArgument($"{name}.value", Texts.Of($"must be {Texts.Phrase(what)} for '{operation.Path}'."));
    }
}
