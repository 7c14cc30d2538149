using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Finds out who calls, by the enabled scheme that the call's credential is of, and lets through whom the operation is for: callers of
/// its role, everyone where it says so, and where nothing is said, or nothing is there, whoever is known. Behind routing.
/// </summary>
internal sealed partial class AccessMiddleware(RequestDelegate next, CredentialSchemes schemes, ILogger<AccessMiddleware> logger)
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
        try
        {
            caller = await schemes.FindCallerAsync(context.Request);
        }
        catch (StoreException e)
        {
            LogStoreFailure(e.Error, e);
            Refusals.Failed(context, Failure.Of(e));
            return false;
        }
        catch (Failure e)
        {
            Refusals.Failed(context, e);
            return false;
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The caller could not be authenticated: the store failed with {Error}.")]
    private partial void LogStoreFailure(StoreError error, Exception e);
}
