namespace ForeignGrpc.Server.Calls;

/// <summary>
/// Marks the endpoint whose calls the upstream server answers. Their bodies and responses pass unchanged, so limits and compression of
/// bodies do not apply.
/// </summary>
/// <param name="TakesUnknown">Whether calls of callers without a valid credential are forwarded.</param>
internal sealed record Forwarded(bool TakesUnknown)
{
    /// <summary>The mark of the endpoint of a call; null if this server answers the call.</summary>
    public static Forwarded? Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<Forwarded>();
}
