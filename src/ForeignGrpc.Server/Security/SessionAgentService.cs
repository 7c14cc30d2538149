using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Tickets of the caller, and sessions of browsers.</summary>
internal sealed class SessionAgentService(
    Tickets tickets, ITicketStore store, Credentials credentials, WrongPasswords wrongPasswords, IOptions<AuthOptions> options) : SessionAgent.SessionAgentBase
{
    [RequiresRole(UserRole.Reader)]
    public override async Task<CreateTicketResponse> CreateTicket(CreateTicketRequest request, ServerCallContext context)
    {
        RequireEnabled(options.Value.SoTicket, nameof(AuthOptions.SoTicket));
        var (secret, ticket) = await tickets.IssueAsync(Caller.Of(context).UserName, TicketKind.Ticket, context.CancellationToken);
        return new CreateTicketResponse { TicketSecret = secret, TicketId = ticket.Id, ExpiresDate = Timestamp.FromDateTimeOffset(ticket.Expires) };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<ListTicketsResponse> ListTickets(ListTicketsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var all = await store.ListTicketsAsync(caller.UserName, context.CancellationToken);
        return new ListTicketsResponse
        {
            IssuedTickets =
            {
                all.Select(ticket => new IssuedTicket
                {
                    TicketId = ticket.Id,
                    TicketKind = ticket.Kind.ToString(),
                    CreatedDate = Timestamp.FromDateTimeOffset(ticket.Created),
                    ExpiresDate = Timestamp.FromDateTimeOffset(ticket.Expires),
                    IsCurrent = ticket.Id == caller.Ticket,
                }),
            },
        };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<Empty> DeleteTicket(DeleteTicketRequest request, ServerCallContext context)
    {
        await tickets.EndAsync(Caller.Of(context).UserName, request.TicketId, context.CancellationToken);
        return new Empty();
    }

    [AllowAnonymous]
    public override async Task<LoginResponse> Login(LoginRequest request, ServerCallContext context)
    {
        RequireEnabled(options.Value.Session, nameof(AuthOptions.Session));
        var http = context.GetHttpContext();
        var address = http.Connection.RemoteIpAddress;
        wrongPasswords.RequireFew(request.UserName, address);
        if (await credentials.FindAsync(request.UserName, request.UserPassword, address) is not { } user)
        {
            wrongPasswords.Count(request.UserName, address);
            throw new RpcException(new Status(StatusCode.Unauthenticated, Texts.Of($"The name or the password is wrong.")));
        }

        var (secret, session) = await tickets.IssueAsync(user.Name, TicketKind.Session, context.CancellationToken);
        var xsrfToken = Tickets.XsrfTokenOf(secret);
        SessionCookies.Set(http, secret, xsrfToken);
        return new LoginResponse
        {
            FullName = user.FullName,
            RoleName = user.Role.ToString(),
            XsrfToken = xsrfToken,
            ExpiresDate = Timestamp.FromDateTimeOffset(session.Expires),
        };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<Empty> Logout(LogoutRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        if (caller.Ticket is { } ticket)
        {
            await tickets.EndAsync(caller.UserName, ticket, context.CancellationToken);
        }

        SessionCookies.TakeBack(context.GetHttpContext());
        return new Empty();
    }

    private static void RequireEnabled(bool isEnabled, string setting)
    {
        if (!isEnabled)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, Texts.Of($"This server has it switched off (setting Auth:{setting}).")));
        }
    }
}
