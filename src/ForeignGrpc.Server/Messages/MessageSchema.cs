using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Linq.Expressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace ForeignGrpc.Server.Messages;

/// <summary>The properties of a message type, read once from its descriptor.</summary>
internal sealed class MessageSchema
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessageSchema> Schemas = new();

    private readonly FrozenDictionary<string, FieldSchema>.AlternateLookup<ReadOnlySpan<char>> _byName;

    private readonly Func<IMessage> _create;

    private MessageSchema(MessageDescriptor descriptor)
    {
        Descriptor = descriptor;
        _create = Expression.Lambda<Func<IMessage>>(Expression.New(descriptor.ClrType)).Compile();
        Fields = [.. descriptor.Fields.InDeclarationOrder().Select(field => new FieldSchema(field))];
        LastModified = Array.Find(Fields, field => field.IsLastModified);
        UnmodifiedSince = Array.Find(Fields, field => field.IsUnmodifiedSince);
        Patch = Array.Find(Fields, field => field.IsPatch);
        _byName = Fields
            .SelectMany(
                field =>
                    new[] { field.JsonName, field.Descriptor.Name }.Distinct(StringComparer.OrdinalIgnoreCase), (field, name) =>
                        (field, name))
            .ToFrozenDictionary(pair => pair.name, pair => pair.field, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public MessageDescriptor Descriptor { get; }

    /// <summary>The fields in the order of the proto, which is the documented order.</summary>
    public FieldSchema[] Fields { get; }

    public static MessageSchema Of(MessageDescriptor descriptor) => Schemas.GetOrAdd(descriptor, static d => new MessageSchema(d));

    /// <summary>The field with the date when the message was last saved; null if there is none.</summary>
    public FieldSchema? LastModified { get; }

    /// <summary>The field that makes a request conditional; null if there is none.</summary>
    public FieldSchema? UnmodifiedSince { get; }

    /// <summary>The field with JSON Patch operations; null if there is none.</summary>
    public FieldSchema? Patch { get; }

    /// <summary>The documented names of the first four properties that requests may set, for error messages.</summary>
    public string SomeNames => string.Join(", ", Fields.Where(f => !f.IsOutputOnly).Take(4).Select(f => f.JsonName));

    public IMessage NewMessage() => _create();

    /// <summary>Finds a field by its documented name or proto name, in any case; null if there is none.</summary>
    public FieldSchema? Find(ReadOnlySpan<char> name) => _byName.TryGetValue(name, out var field) ? field : null;

    /// <summary>
    /// Translates a path of proto names, such as `foreign_app_entity.devices[0].device_name`, into documented names, such as
    /// `ForeignAppEntity.Devices[0].Name`. An unknown name is left as it is.
    /// </summary>
    public string JsonPath(string protoPath)
    {
        var (first, rest) = protoPath.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            ? (protoPath[..dot], protoPath[(dot + 1)..])
            : (protoPath, "");
        var (name, index) = first.IndexOf('[', StringComparison.Ordinal) is > 0 and var bracket
            ? (first[..bracket], first[bracket..])
            : (first, "");
        return Find(name) switch
        {
            null => protoPath,
            { Message: { } inner } field when rest.Length > 0 => $"{field.JsonName}{index}.{inner.JsonPath(rest)}",
            { } field => field.JsonName + index,
        };
    }
}
