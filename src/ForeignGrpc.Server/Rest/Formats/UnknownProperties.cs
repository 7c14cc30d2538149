using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>
/// Rejects bodies with unknown properties in two cases: an object has only unknown properties, or the properties belong to another
/// operation. All other unknown properties are ignored.
/// </summary>
internal static class UnknownProperties
{
    /// <summary>The failure (400) of an object that has only unknown properties. Ignoring them would lose the whole object.</summary>
    public static Failure NoneKnown(object path, MessageSchema schema) => TextValues.Invalid(
        path, Texts.Of($"has only unknown properties; {schema.Descriptor.Name} has {schema.SomeNames}."));

    /// <summary>Rejects an unknown property that shows that the body was meant for another operation.</summary>
    /// <param name="name">The name of a property that the type of the body does not have.</param>
    /// <param name="mistaken">What the body of the other operation is; null where there is no such operation.</param>
    /// <exception cref="Failure">400: the property belongs to `mistaken`. A proxy has merged slashes of the path.</exception>
    public static void RequireOwn(ReadOnlySpan<char> name, MessageSchema? mistaken)
    {
        if (mistaken?.Find(name) is { } field)
        {
            throw LostSegment(field.JsonName, mistaken);
        }
    }

    /// <inheritdoc cref="RequireOwn"/>
    /// <param name="root">The name of the XML root, which is not that of the body's own type.</param>
    /// <param name="mistaken">What the body of the other operation is; null where there is no such operation.</param>
    public static void RequireOwnRoot(string root, MessageSchema? mistaken)
    {
        if (root.Equals(mistaken?.Descriptor.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw LostSegment(root, mistaken);
        }
    }

    private static Failure LostSegment(string name, MessageSchema mistaken) => Failure.Malformed(Texts.Of(
        $"{name} belongs to a {mistaken.Descriptor.Name}: a proxy merged //, so the path lost a blank identifier; make it keep //."));
}
