using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// A browser's session: its cookie, and the header that only pages of this origin can send, for which they must have read the other
/// cookie. Both on every method, as documented. Not looked at when there is an Authorization header.
/// </summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Tickets tickets)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Session";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count > 0 || Request.Cookies[SessionCookies.Session] is not { Length: > 0 } secret)
        {
            return AuthenticateResult.NoResult();
        }

        var (given, expected) = (Request.Headers[SessionCookies.XsrfHeader].ToString(), Tickets.XsrfTokenOf(secret));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected)))
        {
            return AuthenticateResult.Fail($"The header {SessionCookies.XsrfHeader} must have the value of the cookie {SessionCookies.Xsrf}.");
        }

        return await tickets.FindAsync(secret, TicketKind.Session) is { } session
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new Caller(session.User, SchemeName, session.Id)), SchemeName))
            : AuthenticateResult.Fail("The session has ended.");
    }
}
