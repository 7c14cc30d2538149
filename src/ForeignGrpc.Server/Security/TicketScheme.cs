using System.Security.Claims;
using System.Text.Encodings.Web;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: SoTicket`, with the application's token in `SO-AppToken` where one is required.</summary>
internal sealed class TicketHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Tickets tickets, AppTokens appTokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "SoTicket";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CredentialHeader.OfScheme(Request, SchemeName) is not { } secret)
        {
            return AuthenticateResult.NoResult();
        }

        if (!appTokens.Allow(Request))
        {
            return AuthenticateResult.Fail("Tickets are taken with an application token only, and the one given is none.");
        }

        return await tickets.FindAsync(secret, TicketKind.Ticket) is { } ticket
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new Caller(ticket.User, SchemeName, ticket.Id)), SchemeName))
            : AuthenticateResult.Fail("The ticket is none, has expired or was revoked.");
    }
}
