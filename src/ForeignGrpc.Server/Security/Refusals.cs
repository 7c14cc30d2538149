using System.Globalization;
using ForeignGrpc.Server.Localization;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Answers a call that is not let through: native gRPC with a status, REST with 401 and a challenge of every enabled scheme, with 403,
/// or, after too many wrong passwords, with 429. The edge gives REST refusals their body.
/// </summary>
internal sealed class Refusals(IOptions<AuthOptions> options) : IAuthorizationMiddlewareResultHandler
{
    private readonly string[] _challenges = [.. Challenges(options.Value)];

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorization)
    {
        if (authorization.Succeeded)
        {
            await next(context);
            return;
        }

        // Authentication has been tried; the handler remembers with what result.
        var failure = (await context.AuthenticateAsync()).Failure;
        var (status, code, message) = (failure, authorization.Challenged) switch
        {
            (TooManyWrongPasswordsException e, _) => (StatusCodes.Status429TooManyRequests, StatusCode.ResourceExhausted, e.Message),
            (_, true) => (StatusCodes.Status401Unauthorized, StatusCode.Unauthenticated, Texts.Of($"No valid credential was given in the 'authorization' metadata.")),
            _ => (StatusCodes.Status403Forbidden, StatusCode.PermissionDenied, Texts.Of($"Your role does not allow this operation.")),
        };
        if (failure is TooManyWrongPasswordsException { RetryAfter: var delay })
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (context.Request.IsGrpc())
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
            return;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = _challenges;
        }
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
