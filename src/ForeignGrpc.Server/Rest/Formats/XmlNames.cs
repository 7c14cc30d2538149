using ForeignGrpc.Server.Messages;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>What elements are named in the documented API's XML, beside properties, which bear their own names.</summary>
internal static class XmlNames
{
    /// <summary>The namespace of the attribute <see cref="Nil"/>.</summary>
    public const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>The attribute of an element that stands for no value.</summary>
    public const string Nil = "nil";

    /// <summary>An entry of a dictionary, with its <see cref="Key"/> and <see cref="Value"/>.</summary>
    public const string Entry = "Entry";

    public const string Key = "Key";

    public const string Value = "Value";

    /// <summary>An object that has no type of its own.</summary>
    public const string AnyObject = "Object";

    /// <summary>The root of a bare dictionary.</summary>
    public const string Dictionary = "Dictionary";

    /// <summary>The root element of a value of the field alone.</summary>
    public static string RootOf(FieldSchema field) => field switch
    {
        { IsMap: true } => Dictionary,
        { IsList: true } => $"ArrayOf{ItemOf(field)}",
        _ => ItemOf(field),
    };

    /// <summary>The element of one item of a list.</summary>
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
