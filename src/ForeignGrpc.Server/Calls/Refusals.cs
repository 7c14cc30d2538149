using System.Globalization;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

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
            Failed(context, Failure.Unauthenticated(Texts.Of($"A valid credential is required in the 'authorization' metadata.")));
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
            Failed(context, Failure.Forbidden());
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    /// <summary>The call was not looked at, for a reason that has nothing to do with its rights.</summary>
    public static void Failed(HttpContext context, Failure failure)
    {
        if (!context.Request.IsGrpc())
        {
            // The edge makes a response of it.
            throw failure;
        }

        var (answer, response) = (failure.ToGrpc(CallLanguage.Of(context)), context.Response);
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(answer.Status.Detail);
        foreach (var trailer in answer.Trailers)
        {
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
        }
    }
}
