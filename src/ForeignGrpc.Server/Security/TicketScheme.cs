using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: SoTicket`, with the application's token in `SO-AppToken` where one is required.</summary>
internal sealed class TicketScheme(Tickets tickets, AppTokens appTokens) : ICredentialScheme
{
    public const string Name = "SoTicket";

    public ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential) =>
        appTokens.Allow(request) ? tickets.FindCallerAsync(credential, TicketKind.Ticket) : default;
}
