using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace ForeignGrpc.Server.Messages;

/// <summary>Immutable messages that many responses contain. Each is rendered once, and the rendering is cached.</summary>
internal static class PreRenderedMessages
{
    private static readonly ConditionalWeakTable<IMessage, Rendering> Known = [];

    /// <summary>Registers a message. The caller must never change the message again.</summary>
    /// <returns>The same message.</returns>
    public static T Share<T>(T message)
        where T : class, IMessage
    {
        Known.Add(message, new Rendering());
        return message;
    }

    /// <summary>The cached rendering of a registered message; null for any other message.</summary>
    public static Rendering? Find(IMessage message) => Known.TryGetValue(message, out var rendering) ? rendering : null;

    /// <summary>The cached rendering of a message.</summary>
    internal sealed class Rendering
    {
        /// <summary>The message as JSON in UTF-8; null until the first use.</summary>
        public byte[]? Json { get; set; }
    }
}
