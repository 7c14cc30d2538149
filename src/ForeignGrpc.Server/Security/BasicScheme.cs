using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: Basic` (RFC 7617), for REST and gRPC alike: gRPC metadata are HTTP headers.</summary>
internal sealed class BasicHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Credentials credentials)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Basic";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CredentialHeader.OfScheme(Request, SchemeName) is not { } credential)
        {
            return AuthenticateResult.NoResult();
        }

        if (Decode(credential) is not var (name, password))
        {
            return AuthenticateResult.Fail("The Basic credential is not the Base64 of 'name:password' in UTF-8.");
        }

        return await credentials.FindAsync(name, password) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new Caller(user, SchemeName)), SchemeName))
            : AuthenticateResult.Fail("The name or the password is wrong.");
    }

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
