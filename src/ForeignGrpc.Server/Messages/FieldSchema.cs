using System.Text.Encodings.Web;
using System.Text.Json;
using ForeignSystem.V1;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Messages;

/// <summary>The properties of a field, read once from its descriptor and options.</summary>
internal sealed class FieldSchema(FieldDescriptor descriptor)
{
    private readonly Lazy<MessageSchema?> _message = new(() =>
        descriptor is { FieldType: FieldType.Message, IsMap: false } ? MessageSchema.Of(descriptor.MessageType) : null);

    public FieldDescriptor Descriptor { get; } = descriptor;

    /// <summary>The documented name of the property.</summary>
    public string JsonName { get; } = DocumentedName(descriptor);

    public JsonEncodedText EncodedName { get; } =
        JsonEncodedText.Encode(DocumentedName(descriptor), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    public IFieldAccessor Accessor { get; } = descriptor.Accessor;

    // Copies: the descriptor computes these at each call.
    public FieldType Type { get; } = descriptor.FieldType;

    public bool IsMap { get; } = descriptor.IsMap;

    /// <summary>Whether the field is a list. A map is not a list.</summary>
    public bool IsList { get; } = descriptor is { IsRepeated: true, IsMap: false };

    public bool HasPresence { get; } = descriptor.HasPresence;

    public bool IsTimestamp { get; } =
        descriptor.FieldType == FieldType.Message && descriptor.MessageType == Timestamp.Descriptor;

    /// <summary>The query parameter of the next request that takes the value of this field; null if there is none.</summary>
    public string? NextQuery { get; } = NullIfBlank(descriptor.GetOptions()?.GetExtension(OptionsExtensions.NextQuery));

    /// <summary>The path whose URL REST returns as the value of this field; null if there is none.</summary>
    public string? PathLink { get; } = NullIfBlank(descriptor.GetOptions()?.GetExtension(OptionsExtensions.PathLink));

    /// <summary>The documented name of the field as a path parameter.</summary>
    public string PathName { get; } =
        NullIfBlank(descriptor.GetOptions()?.GetExtension(OptionsExtensions.PathName)) ?? WithSmallFirstLetter(DocumentedName(descriptor));

    /// <summary>The values that segments of a path stand for, where they do not stand for themselves.</summary>
    public IReadOnlyDictionary<string, string> PathValues { get; } =
        (descriptor.GetOptions()?.GetExtension(OptionsExtensions.PathValue) ?? []).ToDictionary(path => path.Segment, path => path.Value);

    /// <summary>The documented name of the field as a query parameter.</summary>
    public string QueryName { get; } =
        NullIfBlank(descriptor.GetOptions()?.GetExtension(OptionsExtensions.QueryName)) ?? WithSmallFirstLetter(DocumentedName(descriptor));

    /// <summary>Whether requests must have the field.</summary>
    public bool IsRequired { get; } = Behaves(descriptor, FieldBehavior.Required);

    /// <summary>Whether the server sets the field and ignores it in requests.</summary>
    public bool IsOutputOnly { get; } = Behaves(descriptor, FieldBehavior.OutputOnly);

    /// <summary>Whether the field is the date when the message was last saved.</summary>
    public bool IsLastModified { get; } = descriptor.GetOptions()?.GetExtension(OptionsExtensions.LastModified) is true;

    /// <summary>Whether the field makes a request conditional.</summary>
    public bool IsUnmodifiedSince { get; } = descriptor.GetOptions()?.GetExtension(OptionsExtensions.IfUnmodifiedSince) is true;

    /// <summary>Whether the property is there only where the field is set.</summary>
    public bool IsOnlyIfSet { get; } = descriptor.GetOptions()?.GetExtension(OptionsExtensions.OnlyIfSet) is true;

    /// <summary>Whether the field holds any JSON object.</summary>
    public bool IsAnyObject { get; } =
        descriptor.FieldType == FieldType.Message && descriptor.MessageType == Struct.Descriptor;

    /// <summary>Whether the field holds any JSON value.</summary>
    public bool IsAnyJson { get; } =
        descriptor.FieldType == FieldType.Message && descriptor.MessageType == Value.Descriptor;

    /// <summary>Whether the field is a list of JSON Patch operations, for which a body may be a patch or a merge patch.</summary>
    public bool IsPatch { get; } =
        descriptor is { FieldType: FieldType.Message, IsMap: false, IsRepeated: true }
            && descriptor.MessageType == PatchOperation.Descriptor;

    /// <summary>The schema of the field's message type; null for scalars and maps.</summary>
    public MessageSchema? Message => _message.Value;

    /// <summary>Whether a response leaves the property out.</summary>
    public bool IsLeftOutOf(IMessage message) => IsOnlyIfSet && !Accessor.HasValue(message);

    /// <summary>Sets a message field to a new blank message and returns the new message.</summary>
    public IMessage Set(IMessage message)
    {
        var value = Message!.NewMessage();
        Accessor.SetValue(message, value);
        return value;
    }

    /// <summary>The field for the values of a map.</summary>
    public FieldSchema MapValue => field ??= new FieldSchema(Descriptor.MessageType.FindFieldByNumber(2));

    private static bool Behaves(FieldDescriptor descriptor, FieldBehavior behavior) =>
        descriptor.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(behavior) ?? false;

    private static string DocumentedName(FieldDescriptor descriptor) =>
        NullIfBlank(descriptor.GetOptions()?.GetExtension(OptionsExtensions.DocumentedName)) ?? descriptor.JsonName;

    private static string WithSmallFirstLetter(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string? NullIfBlank(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
