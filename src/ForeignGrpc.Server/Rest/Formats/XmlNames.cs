using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>The names of elements in the XML of the documented API, except elements of properties.</summary>
internal static class XmlNames
{
    /// <summary>The namespace of the attribute <see cref="Nil"/>.</summary>
    public const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>The attribute of an element without a value.</summary>
    public const string Nil = "nil";

    /// <summary>An entry of a dictionary: a <see cref="Key"/> and a <see cref="Value"/>.</summary>
    public const string Entry = "Entry";

    public const string Key = "Key";

    public const string Value = "Value";

    /// <summary>An object without a type of its own.</summary>
    public const string AnyObject = "Object";

    /// <summary>The root element of a dictionary.</summary>
    public const string Dictionary = "Dictionary";

    /// <summary>The root element of the value of one field.</summary>
    public static string RootOf(FieldSchema field) => field switch
    {
        { IsMap: true } => Dictionary,
        { IsList: true } => $"ArrayOf{ItemOf(field)}",
        _ => ItemOf(field),
    };

    /// <summary>The element of an item of a list.</summary>
    public static string ItemOf(FieldSchema field) => field switch
    {
        { IsTimestamp: true } => "dateTime",
        { IsAnyObject: true } or { IsAnyJson: true } => AnyObject,
        { Message: { } message } => message.Descriptor.Name,
        { Type: FieldType.Int32 } => "int",
        { Type: FieldType.Bool } => "boolean",
        _ => "string",
    };
}
