using System.Security.Claims;
using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>The authenticated user behind a call, as an identity that carries the user's facts.</summary>
internal sealed class Caller(User user, string scheme)
    : ClaimsIdentity([new Claim(DefaultNameClaimType, user.Name), new Claim(DefaultRoleClaimType, user.Role.ToString())], scheme)
{
    /// <summary>What `CreatedBy` and `UpdatedBy` show.</summary>
    public string FullName => user.FullName;

    public UserRole Role => user.Role;

    public static Caller Of(ServerCallContext context) => Of(context.GetHttpContext().User)
        ?? throw new InvalidOperationException("An operation was reached without authentication.");

    public static Caller? Of(ClaimsPrincipal principal) => principal.Identity as Caller;
}
