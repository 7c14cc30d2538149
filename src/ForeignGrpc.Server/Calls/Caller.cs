using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Calls;

/// <summary>The authenticated caller of a call; a feature of the call.</summary>
/// <param name="Identity">Identifies the caller, such as for limits: the login name of a user of the service, or the issuer and subject of
/// a token. Callers of different issuers never have the same identity.</param>
/// <param name="FullName">The name shown in `CreatedBy` and `UpdatedBy`. Several callers may have the same.</param>
/// <param name="GrantedRole">The role of the caller; null if the caller has no rights.</param>
/// <param name="Again">Authenticates the same credential again, without computing a slow hash. Returns null if the credential is no longer
/// valid.</param>
internal sealed record Caller(string Identity, string FullName, UserRole? GrantedRole, Func<ValueTask<Caller?>> Again)
{
    /// <param name="user">The user of the service.</param>
    /// <param name="ticket">The id of the ticket or session that authenticated the user; null for a password.</param>
    /// <param name="again">See <see cref="Again"/>.</param>
    public Caller(User user, int? ticket, Func<ValueTask<Caller?>> again)
        : this(user.Name, user.FullName, user.Role, again) => (User, Ticket) = (user, ticket);

    /// <summary>The user of the service; null if the caller has a token of another issuer. Such a caller has no rights of a user.</summary>
    public User? User { get; }

    /// <summary>The id of the ticket or session that authenticated the caller; null for another credential.</summary>
    public int? Ticket { get; }

    /// <summary>Whether the upstream server has authenticated the caller. This server does not know the credential otherwise.</summary>
    public bool IsOfUpstream { get; init; }

    /// <summary>The login name of a user of the service, or the subject of a token.</summary>
    public string Name => Identity[(Identity.IndexOf('\n', StringComparison.Ordinal) + 1)..];

    /// <summary>
    /// Has the service that knows the credential confirm it again if its last answer has expired; waits for the answer. Null if
    /// <see cref="Again"/> needs no other service.
    /// </summary>
    public Func<Task>? Renew { get; init; }

    /// <summary>The caller as the author of changes.</summary>
    public Author Author => new(FullName);

    /// <summary>The role of an authorized caller. An authorized caller always has a role.</summary>
    public UserRole Role => GrantedRole!.Value;

    /// <exception cref="InvalidOperationException">The call has no authenticated caller.</exception>
    public static Caller Of(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>()
        ?? throw new InvalidOperationException("An operation was reached without authentication.");

    /// <summary>The identity of the bearer of a token. It never equals a login name, as these have no control characters.</summary>
    public static string IdentityOf(string issuer, string subject) => $"{issuer}\n{subject}";

    /// <summary>
    /// The identity of a caller whom the upstream server has authenticated. It never equals a login name, as these have no control
    /// characters, nor the identity of the bearer of a token, as tokens have an issuer.
    /// </summary>
    public static string IdentityAtUpstream(string name) => IdentityOf("", name);
}
