using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Messages;

namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>What bodies are refused for that have properties which their type does not have. One such property alone is ignored.</summary>
internal static class UnknownProperties
{
    /// <summary>400: an object has properties, and its type has none of them, so that reading it would lose all of it.</summary>
    public static Failure NoneKnown(object path, MessageSchema schema) => TextValues.Invalid(
        path, Texts.Of($"has only unknown properties; {schema.Descriptor.Name} has {schema.SomeNames}."));

    /// <summary>Refuses a property by which the body is meant for another operation.</summary>
    /// <param name="name">A name that the body's own type does not have.</param>
    /// <param name="mistaken">What the body of the other operation is; null where there is no such operation.</param>
    /// <exception cref="Failure">400: a proxy has merged slashes of the path.</exception>
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
