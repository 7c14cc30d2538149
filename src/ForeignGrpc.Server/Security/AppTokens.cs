using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Checks application tokens against the settings, in constant time.</summary>
internal sealed class AppTokens(IOptions<AuthOptions> options)
{
    public const string Header = "SO-AppToken";

    private readonly byte[][] _hashes = [.. options.Value.AppTokens.Select(HashOf)];
    private readonly int _longest = options.Value.AppTokens.Select(token => token.Length).DefaultIfEmpty().Max();

    /// <summary>Whether the request has a valid application token, or needs none.</summary>
    public bool Allow(HttpRequest request) => !options.Value.RequireAppToken || Has(request);

    /// <summary>Whether the request has an application token of this server.</summary>
    public bool Has(HttpRequest request)
    {
        var token = request.Headers[Header].ToString();
        if (token.Length > _longest)
        {
            return false;
        }

        var given = HashOf(token);
        var isKnown = false;
        foreach (var hash in _hashes)
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, given);
        }

        return isKnown;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
