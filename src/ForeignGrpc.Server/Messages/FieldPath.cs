using Google.Protobuf;

namespace ForeignGrpc.Server.Messages;

/// <summary>A field of a message, or of a message within it, as HTTP rules name them: `foreign_app_entity.foreign_app_id`.</summary>
internal sealed class FieldPath
{
    private readonly FieldSchema[] _above;

    private FieldPath(FieldSchema[] fields)
    {
        _above = fields[..^1];
        Field = fields[^1];
        JsonName = string.Join('.', fields.Select(field => field.JsonName));
    }

    /// <summary>The field at the path's end.</summary>
    public FieldSchema Field { get; }

    /// <summary>The documented names of the path.</summary>
    public string JsonName { get; }

    /// <summary>The field that a path of proto names leads to; null when it leads nowhere.</summary>
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

    /// <summary>The field's value; null when it, or a message above it, is not set.</summary>
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

    /// <summary>Sets the field, and the messages above it where they are not set yet.</summary>
    public void Set(IMessage message, object value)
    {
        foreach (var field in _above)
        {
            message = field.Accessor.GetValue(message) as IMessage ?? field.Set(message);
        }

        Field.Accessor.SetValue(message, value);
    }
}
