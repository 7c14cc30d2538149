using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Security;

/// <summary>Says which role an operation takes; every role after it may call it too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresRoleAttribute(UserRole role) : AuthorizeAttribute(PolicyOf(role))
{
    public UserRole Role { get; } = role;

    /// <summary>The name of the authorization policy that holds for callers of at least this role.</summary>
    public static string PolicyOf(UserRole role) => $"at least {role}";
}
