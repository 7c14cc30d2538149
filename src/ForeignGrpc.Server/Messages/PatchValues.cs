using System.Globalization;
using ForeignGrpc.Server.Localization;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Messages;

/// <summary>Converts values of patches to the types of scalar fields.</summary>
internal static class PatchValues
{
    /// <summary>2^53. Over gRPC, numbers of patches are doubles, and larger integers are not exact in a double.</summary>
    private const double LargestExact = 9_007_199_254_740_992;

    /// <summary>Converts a value to the type of a scalar field: string, int32 or bool. Null if that is not possible.</summary>
    public static object? Of(Value value, FieldSchema field) => (field.Type, value.KindCase) switch
    {
        (FieldType.String, Value.KindOneofCase.StringValue) => value.StringValue,
        (FieldType.String, Value.KindOneofCase.BoolValue) => value.BoolValue ? "true" : "false",
        (FieldType.String, Value.KindOneofCase.NumberValue)
            when double.IsInteger(value.NumberValue) && Math.Abs(value.NumberValue) < LargestExact =>
                value.NumberValue.ToString("F0", CultureInfo.InvariantCulture),
        (FieldType.Bool, Value.KindOneofCase.BoolValue) => value.BoolValue,
        (FieldType.Int32, Value.KindOneofCase.NumberValue) when value.NumberValue == (int)value.NumberValue => (int)value.NumberValue,
        (FieldType.Int32, Value.KindOneofCase.StringValue) => Integers.TryParse(value.StringValue),
        _ => null,
    };

    /// <summary>The type of a scalar field, for error messages.</summary>
    public static string NameOf(FieldSchema field) => field.Type switch
    {
        FieldType.Bool => Phrases.ABool,
        FieldType.Int32 => Phrases.AnInt32,
        _ => Phrases.AString,
    };
}
