using System.Globalization;
using ForeignGrpc.Server.Localization;
using Grpc.Core;

namespace ForeignGrpc.Server.Calls;

/// <summary>
/// Answers a call that is not let through: native gRPC with a status, REST with 401 and a challenge of every enabled scheme, or with 403.
/// The edge gives REST refusals their body.
/// </summary>
internal static class Refusals
{
    /// <summary>Nobody knows who calls.</summary>
    public static void Unknown(HttpContext context, string[] challenges)
    {
        if (context.Request.IsGrpc())
        {
            Answer(context.Response, StatusCode.Unauthenticated, Texts.Of($"No valid credential was given in the 'authorization' metadata."));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = challenges;
    }

    /// <summary>The caller's role does not allow the operation.</summary>
    public static void Forbidden(HttpContext context)
    {
        if (context.Request.IsGrpc())
        {
            Answer(context.Response, StatusCode.PermissionDenied, Texts.Of($"Your role does not allow this operation."));
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    /// <summary>The call was not looked at, for a reason that has nothing to do with its rights.</summary>
    public static void Failed(HttpContext context, RpcException failure)
    {
        if (!context.Request.IsGrpc())
        {
            // The edge makes a response of it.
            throw failure;
        }

        Answer(context.Response, failure.StatusCode, failure.Status.Detail);
        foreach (var trailer in failure.Trailers)
        {
            context.Response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
        }
    }

    private static void Answer(HttpResponse response, StatusCode code, string message)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(message);
    }
}
