using System.Security.Claims;
using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>The authenticated user behind a call, as an identity that carries the user's facts.</summary>
/// <param name="name">Login name, or the subject of a token.</param>
/// <param name="fullName">What `CreatedBy` and `UpdatedBy` show.</param>
/// <param name="role">What the caller may do; null is nothing.</param>
/// <param name="scheme">How the caller came in.</param>
/// <param name="ticket">The ticket or session that the caller came in with.</param>
internal sealed class Caller(string name, string fullName, UserRole? role, string scheme, int? ticket = null)
    : ClaimsIdentity([new Claim(DefaultNameClaimType, name)], scheme)
{
    public Caller(User user, string scheme, int? ticket = null)
        : this(user.Name, user.FullName, user.Role, scheme, ticket)
    {
    }

    public string UserName { get; } = name;

    public string FullName { get; } = fullName;

    public UserRole? GrantedRole { get; } = role;

    /// <summary>The role of a caller who has been let through, who has one.</summary>
    public UserRole Role => GrantedRole!.Value;

    public int? Ticket { get; } = ticket;

    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext().User)
        ?? throw new InvalidOperationException("An operation was reached without authentication.");

    public static Caller? Of(ClaimsPrincipal principal) => principal.Identity as Caller;
}
