using System.Globalization;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using Grpc.Core;

namespace ForeignGrpc.Server.Calls;

/// <summary>
/// Responses of middlewares that reject a call: a status over gRPC; over REST 401 with a challenge for every enabled scheme, 403, or an
/// exception. The REST edge adds the body.
/// </summary>
internal static class Refusals
{
    /// <summary>The caller is not authenticated.</summary>
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

    /// <summary>The caller is not authorized: the role does not allow the operation.</summary>
    public static void Forbidden(HttpContext context)
    {
        if (context.Request.IsGrpc())
        {
            Failed(context, Failure.Forbidden());
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    /// <summary>The call fails before it reaches its operation.</summary>
    /// <exception cref="Failure">The failure itself, over REST.</exception>
    public static void Failed(HttpContext context, Failure failure)
    {
        if (!context.Request.IsGrpc())
        {
            // RestErrorMiddleware renders the failure.
            throw failure;
        }

        var (answer, response) = (ToGrpc(context, failure), context.Response);
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(answer.Status.Detail);
        foreach (var trailer in answer.Trailers)
        {
            response.Headers[trailer.Key] = trailer.IsBinary ? Convert.ToBase64String(trailer.ValueBytes) : trailer.Value;
        }
    }

    /// <summary>Logs the failure of a native gRPC call, and renders it in the language of the call.</summary>
    public static RpcException ToGrpc(HttpContext context, Failure failure)
    {
        context.RequestServices.GetRequiredService<FailureLog>().Write(context, $"{failure.Code}", failure);
        return failure.ToGrpc(CallLanguage.Of(context), TraceId.Of(context));
    }
}
