using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Load;

/// <summary>Who shares a limit: an authenticated caller, or, where no credential is needed, an address.</summary>
/// <param name="IsKnown">Whether the caller has been authenticated.</param>
/// <param name="Name">The caller's name, or the address's key.</param>
internal readonly record struct CallerKey(bool IsKnown, string Name)
{
    public static CallerKey Of(HttpContext context) => context.Features.Get<Caller>() is { } caller
        ? new(true, caller.Identity)
        : new(false, ClientAddress.KeyOf(context.Connection.RemoteIpAddress));
}
