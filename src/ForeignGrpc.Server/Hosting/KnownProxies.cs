using ForeignGrpc.Server.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Who a request is from, and for which scheme, host and path base, where a proxy of <see cref="ProxySettings.Known"/> forwards it.</summary>
internal static class KnownProxies
{
    public static void AddKnownProxies(this IServiceCollection services)
    {
        services.AddSettings<ProxySettings>(ProxySettings.Section);
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ProxySettings>>((forwarded, proxies) =>
        {
            // Without limit: each proxy of a chain is asked for whom it forwards, up to the first address that is not known.
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in proxies.Value.Networks())
            {
                forwarded.KnownIPNetworks.Add(network);
            }

            // The framework takes no known proxy for any proxy.
            forwarded.ForwardedHeaders = forwarded.KnownIPNetworks.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.All;
        });
    }
}
