using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Failures;

namespace ForeignGrpc.Server.Upstream;

/// <summary>
/// Recognizes requests that this server, or another one with the same upstream server, has forwarded before. Each forwarded request has
/// the mark of its upstream server in the header `Via`.
/// </summary>
internal sealed class Loops(UpstreamClient upstream)
{
    private const int DigestCharacters = 16;

    private readonly string _mark =
        $"foreigngrpc-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(upstream.Root)))[..DigestCharacters]}";

    /// <summary>The value that `Via` of a request to the upstream server has besides those that the request came with.</summary>
    public string Via => $"1.1 {_mark}";

    /// <exception cref="Failure">The request has been forwarded to the same upstream server before.</exception>
    public void Check(HttpRequest request)
    {
        foreach (var via in request.Headers.Via)
        {
            if (via is not null && via.Contains(_mark, StringComparison.OrdinalIgnoreCase))
            {
                throw Failure.Loop();
            }
        }
    }
}
