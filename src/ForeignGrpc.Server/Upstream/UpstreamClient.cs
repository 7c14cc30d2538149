using System.Text;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Upstream;

/// <summary>The connections to the upstream server. What passes on them is not changed: no redirects, cookies or decompression.</summary>
internal sealed class UpstreamClient : IDisposable
{
    private static readonly TimeSpan IdleConnections = TimeSpan.FromMinutes(1);
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public UpstreamClient(IOptions<UpstreamOptions> options)
    {
        Root = options.Value.IsOn ? new Uri(options.Value.Url).AbsoluteUri.TrimEnd('/') : "";
        Http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(options.Value.ConnectSeconds),
            PooledConnectionIdleTimeout = IdleConnections,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        });
    }

    public HttpMessageInvoker Http { get; }

    /// <summary>The address of the upstream server, without a slash at its end.</summary>
    public string Root { get; }

    /// <summary>An address whose path and query are sent as they are written.</summary>
    public static Uri Exactly(string address) => new(address, AsWritten);

    public void Dispose() => Http.Dispose();
}
