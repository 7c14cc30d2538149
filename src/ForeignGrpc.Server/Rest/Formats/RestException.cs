namespace ForeignGrpc.Server.Rest.Formats;

/// <summary>A REST call that is answered with an error.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What was wrong with which value, and what would be right; fit for callers.</param>
/// <param name="retryAfter">When the call may be repeated.</param>
internal sealed class RestException(int status, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
