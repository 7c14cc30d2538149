using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Verbs;

/// <summary>Asks a server on this machine whether it is ready, for containers that have no curl.</summary>
internal static class HealthProbe
{
    /// <summary>The address at which this machine reaches a listener: loopback for a listener on all addresses.</summary>
    public static Uri Target(string listenUrl)
    {
        var address = BindingAddress.Parse(listenUrl);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new Uri($"{address.Scheme}://{host}:{address.Port}/health/ready");
    }

    /// <summary>Returns the server's answer.</summary>
    /// <exception cref="OperatorException">The server does not answer, or is not ready.</exception>
    public static async Task<string> AskAsync(Uri target, CancellationToken cancellationToken)
    {
        using var handler = new HttpClientHandler
        {
            // The certificate names the host that clients know, not loopback. The request has no secret.
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var response = await client.GetAsync(target, cancellationToken);
            var state = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? state
                : throw new OperatorException($"{target} answers {(int)response.StatusCode}: {state}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new OperatorException($"{target} does not answer: {e.Message}");
        }
    }
}
