using ForeignGrpc.Server.Localization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ForeignGrpc.Server.Failures;

/// <summary>Renders failures for gRPC: a status code, a message, and details of `google.rpc`.</summary>
internal static class GrpcFailures
{
    /// <summary>Renders a failure in the language of the call.</summary>
    public static RpcException ToGrpc(this Failure failure, CallLanguage? call)
    {
        var (message, details) = (failure.In(call), Details(failure, call).Select(Any.Pack).ToList());
        return details.Count == 0
            ? new RpcException(new Grpc.Core.Status(failure.Code, message))
            : new Google.Rpc.Status { Code = (int)failure.Code, Message = message, Details = { details } }.ToRpcException();
    }

    private static IEnumerable<IMessage> Details(Failure failure, CallLanguage? call)
    {
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
