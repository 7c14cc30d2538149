using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignSystem.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodaTime;

namespace ForeignGrpc.Server.Messages;

/// <summary>
/// Applies JSON Patch (RFC 6902: add, replace, remove, test) to a message, by its descriptor. Paths name properties as documented,
/// in any case, with or without the leading slash. Properties that are unknown, or that the server owns, stay as they are. `add` of a list
/// to a list adds its items.
/// </summary>
internal static class MessagePatch
{
    /// <summary>The most operations that one patch may have: each may move all items of a list.</summary>
    public const int MostOperations = 1_000;

    private const string Remove = "remove";
    private const string Replace = "replace";

    /// <summary>Changes the message.</summary>
    /// <param name="message">What to change. After an exception it is half changed and must be thrown away.</param>
    /// <param name="operations">What to do, in order.</param>
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

    /// <summary>Whether the operation changes nothing.</summary>
    public static bool IsTest(PatchOperation operation) => operation.Op.Equals(PatchStep.Test, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a property of a merge patch (RFC 7386) does: null removes, anything else takes the property's place.</summary>
    public static PatchOperation Merging(string property, Value value)
    {
        var pointer = "/" + property.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return value.KindCase == Value.KindOneofCase.NullValue
            ? new PatchOperation { Op = Remove, Path = pointer }
            : new PatchOperation { Op = Replace, Path = pointer, Value = value };
    }
}
