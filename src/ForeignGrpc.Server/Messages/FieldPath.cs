using Google.Protobuf;

namespace ForeignGrpc.Server.Messages;

/// <summary>A field of a message or of a nested message, named as in HTTP rules: `foreign_app_entity.foreign_app_id`.</summary>
internal sealed class FieldPath
{
    private readonly FieldSchema[] _above;

    private FieldPath(FieldSchema[] fields)
    {
        _above = fields[..^1];
        Field = fields[^1];
        ProtoName = string.Join('.', fields.Select(field => field.Descriptor.Name));
    }

    /// <summary>The field at the end of the path.</summary>
    public FieldSchema Field { get; }

    /// <summary>The path: `foreign_app_entity.foreign_app_id`.</summary>
    public string ProtoName { get; }

    /// <summary>Finds a field by a path of proto names; null if the path has an unknown name.</summary>
    public static FieldPath? Find(MessageSchema message, string path)
    {
        var fields = new List<FieldSchema>();
        var schema = message;
        foreach (var name in path.Split('.'))
        {
            if (schema?.Find(name) is not { } field)
            {
                return null;
            }

            fields.Add(field);
            schema = field.Message;
        }

        return new FieldPath([.. fields]);
    }

    /// <summary>The value of the field; null if the field or a message above it is not set.</summary>
    public object? Get(IMessage message)
    {
        foreach (var field in _above)
        {
            if (field.Accessor.GetValue(message) is not IMessage inner)
            {
                return null;
            }

            message = inner;
        }

        return Field.Accessor.GetValue(message);
    }

    /// <summary>Sets the field. Creates the messages above it that are not set.</summary>
    public void Set(IMessage message, object value)
    {
        foreach (var field in _above)
        {
            message = field.Accessor.GetValue(message) as IMessage ?? field.Set(message);
        }

        Field.Accessor.SetValue(message, value);
    }
}
