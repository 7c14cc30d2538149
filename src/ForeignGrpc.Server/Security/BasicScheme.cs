using System.Text;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: Basic` (RFC 7617), for REST and gRPC alike: gRPC metadata are HTTP headers.</summary>
internal sealed class BasicScheme(Credentials credentials) : ICredentialScheme
{
    public const string Name = "Basic";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential) =>
        Decode(credential) is var (name, password) && await credentials.FindAsync(name, password, request.HttpContext.Connection.RemoteIpAddress) is { } user ? new Caller(user) : null;

    private static (string Name, string Password)? Decode(string credential)
    {
        try
        {
            var text = StrictUtf8.GetString(Convert.FromBase64String(credential));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
