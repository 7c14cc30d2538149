using System.Collections;
using System.Globalization;
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
    /// <exception cref="RpcException">INVALID_ARGUMENT: an operation is none, or its path leads nowhere. ABORTED: a test failed.
    /// The message is then half changed and must be thrown away.</exception>
    public static void Apply(IMessage message, IReadOnlyList<PatchOperation> operations)
    {
        foreach (var (i, operation) in operations.Index())
        {
            new Step(operation, $"changes[{i}]").Apply(message);
        }
    }

    private sealed class Step(PatchOperation operation, string name)
    {
        private readonly string _op = operation.Op.ToLowerInvariant();
        private readonly Value _value = operation.Value ?? Value.ForNull();

        public void Apply(IMessage message)
        {
            if (_op is not ("add" or "replace" or "remove" or "test"))
            {
                throw Failures.InvalidArgument($"{name}.op", $"must be add, replace, remove or test, but is '{operation.Op}'.");
            }

            var path = operation.Path.TrimStart('/').Split('/')
                .Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                .ToArray();
            for (var i = 0; ; i++)
            {
                var field = TryFind(message.Descriptor, path[i]) ?? throw NoSuchPath();
                var isLast = i == path.Length - 1;
                if (field.IsMap)
                {
                    // The server owns every dictionary that carriers have.
                    return;
                }

                if (field.IsRepeated && !isLast)
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
                    message = field.FieldType == FieldType.Message && field.Accessor.GetValue(message) is IMessage inner ? inner : throw NoSuchPath();
                }
            }
        }

        private static bool IsGiven(IMessage message, FieldDescriptor field) => !field.HasPresence || field.Accessor.HasValue(message);

        private void ApplyToField(IMessage message, FieldDescriptor field)
        {
            switch (_op)
            {
                case "test":
                    var actual = IsGiven(message, field) ? field.Accessor.GetValue(message) : null;
                    Require(field.IsRepeated ? SameItems((IList)actual!, field) : Equals(actual, Convert(_value, field)));
                    break;
                case "remove":
                    field.Accessor.Clear(message);
                    break;
                case var _ when field.IsRepeated:
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

        private void ApplyToItem(IList items, FieldDescriptor field, string index)
        {
            var i = Index(items, index, mayAppend: _op == "add");
            switch (_op)
            {
                case "test":
                    Require(Equals(items[i], Convert(_value, field)));
                    break;
                case "remove":
                    items.RemoveAt(i);
                    break;
                case "add":
                    items.Insert(i, Convert(_value, field) ?? throw MustBe("an object"));
                    break;
                default:
                    items[i] = Convert(_value, field) ?? throw MustBe("an object");
                    break;
            }
        }

        /// <summary>An object in the place of a list is one more item, as the documented API has it.</summary>
        private static RepeatedField<Value> ItemsOf(Value value) =>
            value.KindCase == Value.KindOneofCase.ListValue ? value.ListValue.Values : [value];

        private bool SameItems(IList items, FieldDescriptor field) => items.Cast<object>().SequenceEqual(ItemsOf(_value).Select(item => Convert(item, field)!));

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

        private static FieldDescriptor? TryFind(MessageDescriptor message, string property) =>
            message.Fields.InDeclarationOrder().FirstOrDefault(
                field => field.JsonName.Equals(property, StringComparison.OrdinalIgnoreCase)
                    || field.Name.Equals(property, StringComparison.OrdinalIgnoreCase));

        /// <summary>The value as the field's type has it; null for null.</summary>
        private object? Convert(Value value, FieldDescriptor field) => (field.FieldType, value.KindCase) switch
        {
            (_, Value.KindOneofCase.NullValue or Value.KindOneofCase.None) => null,
            (FieldType.String, Value.KindOneofCase.StringValue) => value.StringValue,
            (FieldType.String, _) => throw MustBe("a string"),
            (FieldType.Bool, Value.KindOneofCase.BoolValue) => value.BoolValue,
            (FieldType.Bool, _) => throw MustBe("true or false"),
            (FieldType.Int32, Value.KindOneofCase.NumberValue) when value.NumberValue == (int)value.NumberValue => (int)value.NumberValue,
            (FieldType.Int32, Value.KindOneofCase.StringValue)
                when int.TryParse(value.StringValue, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            (FieldType.Int32, _) => throw MustBe("a 32-bit integer"),
            (FieldType.Message, Value.KindOneofCase.StringValue) when field.MessageType == Timestamp.Descriptor => DateOf(value.StringValue),
            (FieldType.Message, Value.KindOneofCase.StructValue) when field.MessageType != Timestamp.Descriptor => MessageOf(value.StructValue, field),
            _ => throw MustBe(field.MessageType == Timestamp.Descriptor ? "a date" : "an object"),
        };

        private IMessage MessageOf(Struct value, FieldDescriptor field)
        {
            var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
            foreach (var (property, inner) in value.Fields)
            {
                if (TryFind(message.Descriptor, property) is { IsRepeated: false } target && Convert(inner, target) is { } converted)
                {
                    target.Accessor.SetValue(message, converted);
                }
            }

            return message;
        }

        private Timestamp DateOf(string text) =>
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                ? Timestamp.FromDateTimeOffset(date)
                : throw MustBe("a date");

        private void Require(bool holds)
        {
            if (!holds)
            {
                throw Failures.Aborted($"The test of '{operation.Path}' failed; nothing was changed.");
            }
        }

        private RpcException NoSuchPath() => Failures.InvalidArgument($"{name}.path", $"'{operation.Path}' leads nowhere.");

        private RpcException MustBe(string what) => Failures.InvalidArgument($"{name}.value", $"must be {what} for '{operation.Path}'.");
    }
}
