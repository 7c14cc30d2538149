using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Authenticates the call by one of the enabled schemes, then authorizes it by the role that the endpoint requires. An endpoint that allows
/// anonymous access takes everyone. An endpoint without a role, and a path without an endpoint, take every authenticated caller. The
/// upstream server judges callers of forwarded calls, unless their credential is for this server. Runs after routing.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, CredentialSchemes schemes)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<IAllowAnonymous>() is not null || await MayPassAsync(context, metadata))
        {
            await next(context);
        }
    }

    private async ValueTask<bool> MayPassAsync(HttpContext context, EndpointMetadataCollection? metadata)
    {
        Caller? caller;
        bool isWrong;
        try
        {
            (caller, isWrong) = await schemes.FindCallerAsync(context.Request);
        }
        catch (StoreException e)
        {
            Refusals.Failed(context, Failure.Of(e));
            return false;
        }
        catch (Failure e)
        {
            Refusals.Failed(context, e);
            return false;
        }

        if (caller is null && !isWrong && Forwarded.Of(context) is { TakesUnknown: true })
        {
            return true;
        }

        if (caller is null)
        {
            Refusals.Unknown(context, schemes.Challenges);
            return false;
        }

        if (metadata?.GetMetadata<RequiresRoleAttribute>() is { Role: var role } && !(caller.GrantedRole >= role))
        {
            Refusals.Forbidden(context);
            return false;
        }

        context.Features.Set(caller);
        return true;
    }
}
