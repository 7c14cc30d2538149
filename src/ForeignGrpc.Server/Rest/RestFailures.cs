using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest.Formats;
using Google.Rpc;
using Grpc.Core;

namespace ForeignGrpc.Server.Rest;

/// <summary>The one table from an operation's failure to its HTTP status and text.</summary>
internal static class RestFailures
{
    /// <param name="failure">The failure.</param>
    /// <param name="request">The operation's request, whose fields a failure may name; null where there is none yet.</param>
    public static RestException ToRest(RpcException failure, MessageSchema? request = null)
    {
        var details = failure.GetRpcStatus();
        var reason = details?.GetDetail<ErrorInfo>()?.Reason;
        return new RestException(
            Status(failure.StatusCode, reason),
            Message(failure, details?.GetDetail<BadRequest>(), request),
            details?.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan());
    }

    private static int Status(StatusCode code, string? reason) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Aborted or StatusCode.AlreadyExists => StatusCodes.Status409Conflict,
        StatusCode.FailedPrecondition => StatusCodes.Status412PreconditionFailed,
        StatusCode.ResourceExhausted when reason == FailureReasons.StorageFull => StatusCodes.Status507InsufficientStorage,
        StatusCode.ResourceExhausted when reason == FailureReasons.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        StatusCode.Cancelled when reason == FailureReasons.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>gRPC names fields as the proto does; REST names the documented properties.</summary>
    private static string Message(RpcException failure, BadRequest? badRequest, MessageSchema? request) =>
        badRequest is null || request is null
            ? failure.Status.Detail
            : string.Join(' ', badRequest.FieldViolations.Select(v => $"{request.JsonPath(v.Field)} {v.Description}"));
}
