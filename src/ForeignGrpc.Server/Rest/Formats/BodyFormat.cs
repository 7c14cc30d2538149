namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>How a request's body is written.</summary>
internal enum BodyFormat
{
    Json,
    Xml,
    Form,

    /// <summary>RFC 6902.</summary>
    JsonPatch,

    /// <summary>RFC 7386.</summary>
    MergePatch,
}
