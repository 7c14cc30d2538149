using ForeignGrpc.Server.Messages;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ForeignGrpc.Server.Rest;

/// <summary>Last-Modified and conditional requests of RFC 9110. HTTP dates have whole seconds.</summary>
internal static class ConditionalRequests
{
    /// <summary>Hands the request's If-Unmodified-Since to an operation that takes it. One that is no date is ignored,
    /// as section 13.1.4 has it.</summary>
    public static void ReadUnmodifiedSince(HttpRequest http, IMessage request, MessageSchema schema)
    {
        if (http.GetTypedHeaders().IfUnmodifiedSince is { } date)
        {
            schema.UnmodifiedSince!.Accessor.SetValue(request, Timestamp.FromDateTimeOffset(date));
        }
    }

    /// <summary>When the response was last saved; for a list, its most recently saved item. Null if unknown.</summary>
    public static DateTimeOffset? LastModified(IMessage response, FieldSchema? bareField)
    {
        if (bareField is null)
        {
            return UpdatedOf(response);
        }

        return bareField is { IsList: true, Message: not null }
            ? ((System.Collections.IEnumerable)bareField.Accessor.GetValue(response)).Cast<IMessage>().Max(UpdatedOf)
            : null;
    }

    /// <summary>Whether the client already has the current state, by If-Modified-Since.</summary>
    public static bool IsUnmodified(HttpRequest http, DateTimeOffset lastModified) =>
        http.GetTypedHeaders().IfModifiedSince is { } date && lastModified.ToUnixTimeSeconds() <= date.ToUnixTimeSeconds();

    private static DateTimeOffset? UpdatedOf(IMessage message) =>
        (MessageSchema.Of(message.Descriptor).LastModified?.Accessor.GetValue(message) as Timestamp)?.ToDateTimeOffset();
}
