using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace ForeignGrpc.Server.Messages;

/// <summary>Messages that many responses have in common and that nobody changes, so that how they look is worked out once.</summary>
internal static class PreRenderedMessages
{
    private static readonly ConditionalWeakTable<IMessage, Rendering> Known = [];

    /// <summary>Declares that the message will never be changed, and returns it.</summary>
    public static T Share<T>(T message)
        where T : class, IMessage
    {
        Known.Add(message, new Rendering());
        return message;
    }

    /// <summary>How a shared message looks; null for any other.</summary>
    public static Rendering? Find(IMessage message) => Known.TryGetValue(message, out var rendering) ? rendering : null;

    /// <summary>How a shared message looks.</summary>
    internal sealed class Rendering
    {
        /// <summary>As JSON in UTF-8; null until it is first needed.</summary>
        public byte[]? Json { get; set; }
    }
}
