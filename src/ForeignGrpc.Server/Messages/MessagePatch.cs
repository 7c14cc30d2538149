using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Messages;

/// <summary>
/// Applies JSON Patch (RFC 6902: add, replace, remove, test) to a message, by descriptor. Paths have the documented names of properties in
/// any case, with or without a leading slash. Operations on unknown and output-only properties are ignored. `add` of a list to a list
/// appends its items.
/// </summary>
internal static class MessagePatch
{
    /// <summary>The most operations in a patch. Each operation may move all items of a list.</summary>
    public const int MostOperations = 1_000;

    private const string Remove = "remove";
    private const string Replace = "replace";

    /// <summary>Applies a patch to a message.</summary>
    /// <param name="message">The message to change. After an exception it is partly changed; discard it.</param>
    /// <param name="operations">The operations, in order.</param>
    /// <param name="zone">The zone of dates without an offset; null is UTC.</param>
    /// <exception cref="Failure">INVALID_ARGUMENT: there are too many operations, one is malformed, its path does not exist, or all paths
    /// are unknown. ABORTED: a test failed.</exception>
    public static void Apply(IMessage message, IReadOnlyList<PatchOperation> operations, DateTimeZone? zone)
    {
        if (operations.Count > MostOperations)
        {
            throw Failure.InvalidArgument(
                "changes", Texts.Of($"has more than {MostOperations:N0} operations; send them in several patches."));
        }

        var isAnyKnown = operations.Count == 0;
        foreach (var (i, operation) in operations.Index())
        {
            isAnyKnown |= new PatchStep(operation, i, zone).TryApply(message);
        }

        if (!isAnyKnown)
        {
            var schema = MessageSchema.Of(message.Descriptor);
            throw Failure.InvalidArgument(
                "changes", Texts.Of($"has only unknown properties; {schema.Descriptor.Name} has {schema.SomeNames}."));
        }
    }

    /// <summary>Whether the operation is a test, which changes nothing.</summary>
    public static bool IsTest(PatchOperation operation) => operation.Op.Equals(PatchStep.Test, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The operation for a property of a merge patch (RFC 7386): null removes the property, any other value replaces it.
    /// </summary>
    public static PatchOperation Merging(string property, Value value)
    {
        var path = property.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return value.KindCase == Value.KindOneofCase.NullValue
            ? new PatchOperation { Op = Remove, Path = path }
            : new PatchOperation { Op = Replace, Path = path, Value = value };
    }

    /// <summary>
    /// The property that an operation of <see cref="Merging"/> is for. Null for other operations: their paths have a slash.
    /// </summary>
    public static string? MergedProperty(PatchOperation operation) => operation.Path.Contains('/', StringComparison.Ordinal)
        ? null
        : operation.Path.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
