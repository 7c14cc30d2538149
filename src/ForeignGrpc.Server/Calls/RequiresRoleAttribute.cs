using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Calls;

/// <summary>The lowest role that may call an operation. Higher roles may call the operation too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresRoleAttribute(UserRole role) : Attribute
{
    public UserRole Role { get; } = role;
}
