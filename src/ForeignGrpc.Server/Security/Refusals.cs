using System.Globalization;
using ForeignGrpc.Server.Localization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Answers a call that is not let through: native gRPC with a status, REST with 401 and a challenge of every enabled scheme, or with 403.
/// The edge gives REST refusals their body.
/// </summary>
internal sealed class Refusals(IOptions<AuthOptions> options) : IAuthorizationMiddlewareResultHandler
{
    private readonly string[] _challenges = [.. Challenges(options.Value)];

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorization)
    {
        if (authorization.Succeeded)
        {
            return next(context);
        }

        var (status, code, message) = authorization.Challenged
            ? (StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated, Texts.Of($"No valid credential was given in the 'authorization' metadata."))
            : (StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, Texts.Of($"Your role does not allow this operation."));
        if (context.Request.IsGrpc())
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = _challenges;
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> Challenges(AuthOptions options)
    {
        if (options.Basic)
        {
            yield return $"{BasicHandler.SchemeName} realm=\"ForeignGrpc\", charset=\"UTF-8\"";
        }

        if (options.SoTicket)
        {
            yield return $"{TicketHandler.SchemeName} realm=\"ForeignGrpc\"";
        }

        if (options.Bearer.IsEnabled)
        {
            yield return $"{BearerScheme.SchemeName} realm=\"ForeignGrpc\"";
        }
    }
}
