namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>The format of a request body.</summary>
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
