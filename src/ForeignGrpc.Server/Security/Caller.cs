using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>The authenticated user behind a call; a feature of the call.</summary>
/// <param name="UserName">Login name, or the subject of a token.</param>
/// <param name="FullName">What `CreatedBy` and `UpdatedBy` show.</param>
/// <param name="GrantedRole">What the caller may do; null is nothing.</param>
/// <param name="Ticket">The ticket or session that the caller came in with.</param>
internal sealed record Caller(string UserName, string FullName, UserRole? GrantedRole, int? Ticket = null)
{
    public Caller(User user)
        : this(user.Name, user.FullName, user.Role)
    {
    }

    public Caller(StoredTicket ticket)
        : this(ticket.User.Name, ticket.User.FullName, ticket.User.Role, ticket.Id)
    {
    }

    /// <summary>The role of a caller who has been let through, who has one.</summary>
    public UserRole Role => GrantedRole!.Value;

    public static Caller Of(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>()
        ?? throw new InvalidOperationException("An operation was reached without authentication.");
}
