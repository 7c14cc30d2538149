using ForeignGrpc.Server.Failures;
using Grpc.Core;

namespace ForeignGrpc.Server.Rest;

/// <summary>Maps failures to HTTP statuses.</summary>
internal static class RestFailures
{
    /// <summary>The HTTP status of a failure.</summary>
    public static int StatusOf(Failure failure) => failure.Code switch
    {
        StatusCode.InvalidArgument when failure.Reason is FailureReasons.UnsupportedMediaType or FailureReasons.UnsupportedEncoding =>
            StatusCodes.Status415UnsupportedMediaType,
        StatusCode.InvalidArgument or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Aborted or StatusCode.AlreadyExists => StatusCodes.Status409Conflict,
        StatusCode.FailedPrecondition when failure.Reason == FailureReasons.Loop => StatusCodes.Status508LoopDetected,
        StatusCode.FailedPrecondition => StatusCodes.Status412PreconditionFailed,
        StatusCode.ResourceExhausted when failure.Reason == FailureReasons.StorageFull => StatusCodes.Status507InsufficientStorage,
        StatusCode.ResourceExhausted when failure.Reason == FailureReasons.BodyTooLarge => StatusCodes.Status413PayloadTooLarge,
        StatusCode.Cancelled when failure.Reason == FailureReasons.BodyTooSlow => StatusCodes.Status408RequestTimeout,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable when failure.Reason == FailureReasons.UpstreamBroken => StatusCodes.Status502BadGateway,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
