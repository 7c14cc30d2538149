using ForeignGrpc.Server.Security;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Upstream;

/// <summary>The upstream server in the settings.</summary>
internal sealed class UpstreamAuthority(IOptions<UpstreamOptions> options) : IUpstreamAuthority
{
    public bool IsOn => options.Value.IsOn;
}
