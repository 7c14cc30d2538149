namespace ForeignGrpc.Server.Upstream;

/// <summary>Tells why a call to the upstream server failed.</summary>
internal static class UpstreamFailures
{
    /// <summary>Whether no connection could be made.</summary>
    public static bool IsAway(Exception? cause) => Within(cause).Any(one => one switch
    {
        HttpRequestException { HttpRequestError: var error } => error is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,

        // The HTTP client reports the time limit of a connection this way.
        OperationCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    });

    /// <summary>What is wrong with the request; null if the request is not at fault.</summary>
    public static BadHttpRequestException? OfRequest(Exception? cause) => Within(cause).OfType<BadHttpRequestException>().FirstOrDefault();

    /// <summary>A description of the cause for operators, in one line.</summary>
    public static string Describe(Exception cause) => cause.GetBaseException().Message.ReplaceLineEndings(" ");

    /// <summary>An exception and those that caused it.</summary>
    private static IEnumerable<Exception> Within(Exception? cause) => cause switch
    {
        null => [],
        AggregateException several => several.InnerExceptions.SelectMany(Within),
        _ => Within(cause.InnerException).Prepend(cause),
    };
}
