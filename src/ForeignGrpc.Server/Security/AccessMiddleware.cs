using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Finds out who calls, by the enabled scheme that the call's credential is of, and lets through whom the operation is for: callers of
/// its role, everyone where it says so, and where nothing is said, or nothing is there, whoever is known. Behind routing.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, Schemes schemes)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var caller = await schemes.FindCallerAsync(context.Request);
        if (caller is not null)
        {
            context.Features.Set(caller);
        }

        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAllowAnonymous>() is null)
        {
            if (caller is null)
            {
                Refusals.Unknown(context, schemes.Challenges);
                return;
            }

            if (metadata?.GetMetadata<RequiresRoleAttribute>() is { Role: var role } && !(caller.GrantedRole >= role))
            {
                Refusals.Forbidden(context);
                return;
            }
        }

        await next(context);
    }
}
