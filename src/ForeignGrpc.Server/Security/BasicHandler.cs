using System.Net.Http.Headers;
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
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !header.Scheme.Equals(SchemeName, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (Decode(header.Parameter) is not var (name, password))
        {
            return AuthenticateResult.Fail("The Basic credential is not the Base64 of 'name:password' in UTF-8.");
        }

        return await credentials.FindAsync(name, password) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new Caller(user, SchemeName)), SchemeName))
            : AuthenticateResult.Fail("The name or the password is wrong.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append("WWW-Authenticate", "Basic realm=\"ForeignGrpc\", charset=\"UTF-8\"");
        return Task.CompletedTask;
    }

    private static (string Name, string Password)? Decode(string? parameter)
    {
        try
        {
            var text = StrictUtf8.GetString(Convert.FromBase64String(parameter ?? ""));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
