using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Operations;

/// <summary>The operations on tickets of the caller and on sessions of browsers.</summary>
internal sealed class SessionAgentService(
    Tickets tickets, PasswordVerifier passwords, PageOrigins origins, IOptions<AuthOptions> options, IOptions<ApiSettings> api)
    : SessionAgent.SessionAgentBase
{
    // The documented words for a person who works where the database is.
    private const string UserType = "InternalAssociate";
    private const string RoleType = "Employee";
    private const string NoStatus = "StatusNone";

    [RequiresRole(UserRole.Reader)]
    public override async Task<CreateTicketResponse> CreateTicket(CreateTicketRequest request, ServerCallContext context)
    {
        RequireEnabled(options.Value.SoTicket, nameof(AuthOptions.SoTicket));
        var caller = Caller.Of(context);
        if (caller.User is not { } user)
        {
            throw Failure.Forbidden(
                Texts.Of($"Only users of this service can get a ticket; send the token of your identity provider with every call."));
        }

        var (secret, ticket) = await tickets.IssueAsync(user, caller.Ticket, TicketKind.Ticket, context.CancellationToken)
            ?? throw Failure.CredentialEnded();
        return new CreateTicketResponse
        {
            TicketSecret = secret,
            TicketId = ticket.Id,
            ExpiresDate = Timestamp.FromDateTimeOffset(ticket.Expires),
        };
    }

    [RequiresRole(UserRole.Reader)]
    public override async Task<ListTicketsResponse> ListTickets(ListTicketsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var all = caller.User is { } user ? await tickets.ListTicketsAsync(user, context.CancellationToken) : [];
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
        if (Caller.Of(context).User is { } user)
        {
            await tickets.EndAsync(user, request.TicketId, context.CancellationToken);
        }

        return new Empty();
    }

    [RequiresRole(UserRole.Reader)]
    public override Task<SoPrincipalCarrier> GetCurrentPrincipal(GetCurrentPrincipalRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return Task.FromResult(new SoPrincipalCarrier
        {
            UserType = UserType,
            AssociateName = caller.Name,
            IsPerson = true,
            RoleName = caller.Role.ToString(),
            RoleType = RoleType,
            FullName = caller.FullName,
            EjUserStatus = NoStatus,
            DatabaseContextIdentifier = api.Value.ContextIdentifier,
            UserName = caller.Name,
        });
    }

    [AllowAnonymous]
    public override async Task<LoginResponse> Login(LoginRequest request, ServerCallContext context)
    {
        RequireEnabled(options.Value.Session, nameof(AuthOptions.Session));
        if (origins.IsOther(context))
        {
            throw Failure.Forbidden(Texts.Of(
                $"A page of another origin cannot log in. Allow the origin, or name your proxy (settings Cors:Origins, Proxies:Known)."));
        }

        if (await passwords.FindAsync(request.UserName, request.UserPassword, ClientAddress.Of(context)) is not { } user
            || await tickets.IssueAsync(user, askedBy: null, TicketKind.Session, context.CancellationToken) is not var (secret, session))
        {
            throw Failure.Unauthenticated(Texts.Of($"The user name or the password is wrong."));
        }

        var xsrfToken = Tickets.XsrfTokenOf(secret);
        SessionCookies.Set(context, secret, xsrfToken);
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
        if (caller is { User: { } user, Ticket: { } ticket })
        {
            await tickets.EndAsync(user, ticket, context.CancellationToken);
        }

        SessionCookies.TakeBack(context);
        return new Empty();
    }

    private static void RequireEnabled(bool isEnabled, string setting)
    {
        if (!isEnabled)
        {
            throw Failure.SwitchedOff(setting);
        }
    }
}
