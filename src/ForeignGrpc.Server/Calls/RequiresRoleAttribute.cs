using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Calls;

/// <summary>Says which role an operation takes; every role after it may call it too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresRoleAttribute(UserRole role) : Attribute
{
    public UserRole Role { get; } = role;
}
