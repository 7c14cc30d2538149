using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Calls;

/// <summary>Who makes a call, as authenticated; a feature of the call.</summary>
/// <param name="Identity">Tells callers apart, as limits and fair turns do: the login name of a user of the service, or the issuer of a
/// token and its subject. Never the same for callers of different issuers, whatever they are called.</param>
/// <param name="FullName">What `CreatedBy` and `UpdatedBy` show; several callers may have the same.</param>
/// <param name="GrantedRole">What the caller may do; null is nothing.</param>
/// <param name="Again">Authenticates the same credential once more, without computing a slow hash; null when it is no longer good.</param>
internal sealed record Caller(string Identity, string FullName, UserRole? GrantedRole, Func<ValueTask<Caller?>> Again)
{
    /// <param name="user">The user of the service.</param>
    /// <param name="ticket">The ticket or session that the user was authenticated with; null when it was the password.</param>
    /// <param name="again">See <see cref="Again"/>.</param>
    public Caller(User user, int? ticket, Func<ValueTask<Caller?>> again)
        : this(user.Name, user.FullName, user.Role, again) => (User, Ticket) = (user, ticket);

    /// <summary>
    /// The user of the service; null when the caller has a token of another issuer, which gives no rights of any user here.
    /// </summary>
    public User? User { get; }

    /// <summary>The ticket or session that the caller was authenticated with.</summary>
    public int? Ticket { get; }

    /// <summary>The caller as the author of what the call saves.</summary>
    public Author Author => new(FullName);

    /// <summary>The role of an authorized caller, who has one.</summary>
    public UserRole Role => GrantedRole!.Value;

    public static Caller Of(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>()
        ?? throw new InvalidOperationException("An operation was reached without authentication.");

    /// <summary>The identity of a token's bearer. Login names have no control characters, so no user has the same.</summary>
    public static string IdentityOf(string issuer, string subject) => $"{issuer}\n{subject}";
}
