using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace ForeignGrpc.Server.Security;

/// <summary>Answers a native gRPC call that is not allowed with a gRPC status; REST calls get the framework's 401 or 403.</summary>
internal sealed class GrpcRefusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _rest = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        if (result.Succeeded || !context.Request.IsGrpc())
        {
            return _rest.HandleAsync(next, context, policy, result);
        }

        var (code, message) = result.Challenged
            ? (StatusCode.Unauthenticated, "No valid credential was given in the 'authorization' metadata.")
            : (StatusCode.PermissionDenied, "Your role does not allow this operation.");
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        return Task.CompletedTask;
    }
}
