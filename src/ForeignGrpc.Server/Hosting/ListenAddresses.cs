namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// The default listen addresses, as settings of Kestrel. Without TLS a port serves one HTTP version, so REST and gRPC need a port each. An
/// https endpoint serves both; then the default gRPC port is not opened.
/// </summary>
internal static class ListenAddresses
{
    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Adds the defaults for endpoints that the configuration does not set.</summary>
    public static void AddListenAddresses(this ConfigurationManager configuration)
    {
        var urls = configuration.GetSection(Endpoints).GetChildren().ToDictionary(
            endpoint => endpoint.Key, endpoint => endpoint["Url"], StringComparer.OrdinalIgnoreCase);
        urls.TryAdd("Rest", "http://127.0.0.1:5080");
        if (!urls.Values.Any(IsHttps))
        {
            urls.TryAdd("Grpc", "http://127.0.0.1:5081");
        }

        var settings = new Dictionary<string, string?>();
        foreach (var (name, url) in urls)
        {
            settings[$"{Endpoints}:{name}:Url"] = url;
            settings[$"{Endpoints}:{name}:Protocols"] = configuration[$"{Endpoints}:{name}:Protocols"] ?? Protocols(name, url);
        }

        configuration.AddInMemoryCollection(settings);
    }

    private static string Protocols(string name, string? url) =>
        IsHttps(url) ? "Http1AndHttp2" : name.Equals("Grpc", StringComparison.OrdinalIgnoreCase) ? "Http2" : "Http1";

    private static bool IsHttps(string? url) => url?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ?? false;
}
