using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Load;

/// <summary>The key by which limits count calls: an authenticated caller, or the address of an anonymous caller.</summary>
/// <param name="IsKnown">Whether the caller is authenticated.</param>
/// <param name="Name">The identity of the caller, or the key of the address.</param>
internal readonly record struct CallerKey(bool IsKnown, string Name)
{
    public static CallerKey Of(HttpContext context) => context.Features.Get<Caller>() is { } caller
        ? new(true, caller.Identity)
        : new(false, ClientAddress.KeyOf(context.Connection.RemoteIpAddress));
}
