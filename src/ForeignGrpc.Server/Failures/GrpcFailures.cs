using ForeignGrpc.Server.Localization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ForeignGrpc.Server.Failures;

/// <summary>Renders failures for gRPC: a status code, a message, and details of `google.rpc`.</summary>
internal static class GrpcFailures
{
    /// <summary>The name of the trailer with the details.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    /// <summary>Renders a failure in the language of the call.</summary>
    public static RpcException ToGrpc(this Failure failure, CallLanguage? call, string traceId) => new Google.Rpc.Status
    {
        Code = (int)failure.Code,
        Message = failure.In(call),
        Details = { Details(failure, call, traceId).Select(Any.Pack) },
    }.ToRpcException();

    private static IEnumerable<IMessage> Details(Failure failure, CallLanguage? call, string traceId)
    {
        yield return new RequestInfo { RequestId = traceId };
        if (failure.Reason is { } reason)
        {
            yield return new ErrorInfo { Domain = FailureReasons.Domain, Reason = reason };
        }

        if (failure.Violations.Count > 0)
        {
            yield return new BadRequest
            {
                FieldViolations =
                {
                    failure.Violations.Select(violation =>
                        new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description.In(call) }),
                },
            };
        }

        if (failure.RetryAfter is { } delay)
        {
            yield return new RetryInfo { RetryDelay = delay.ToDuration() };
        }
    }
}
