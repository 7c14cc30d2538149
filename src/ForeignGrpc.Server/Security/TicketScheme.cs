using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: SoTicket`, with an application token in `SO-AppToken` if `Auth:RequireAppToken` is set.</summary>
internal sealed class TicketScheme(Tickets tickets, AppTokens appTokens) : ICredentialScheme
{
    public const string Name = "SoTicket";

    public ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential) =>
        appTokens.Allow(request) ? tickets.FindCallerAsync(credential, TicketKind.Ticket) : default;

    /// <summary>Whether the credential has the format of a ticket of this server, also of one that has ended.</summary>
    public ValueTask<bool> IsOwnAsync(string credential) => new(Tickets.IsSecret(credential));
}
