using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ForeignGrpc.Server.Failures;

/// <summary>The one table from what went wrong to a gRPC status with details.</summary>
internal static class Failure
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public static RpcException InvalidArgument(BadRequest violations) => Rich(
        Code.InvalidArgument, string.Join(' ', violations.FieldViolations.Select(v => $"{v.Field} {v.Description}")), violations);

    public static RpcException InvalidArgument(string field, string description) =>
        InvalidArgument(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } } });

    public static RpcException NotFound(string what) => Reasoned(Code.NotFound, FailureReasons.NotFound, what);

    public static RpcException Aborted(string what) => Reasoned(Code.Aborted, FailureReasons.TestFailed, what);

    public static RpcException TooMany(int limit) => Reasoned(
        Code.ResourceExhausted,
        FailureReasons.TooMany,
        Texts.Of($"There are more than {limit:N0} (setting Limits:ListedKeys), the most that one response holds; stream them over gRPC."));

    public static RpcException TooLarge(int limit) => Reasoned(
        Code.ResourceExhausted,
        FailureReasons.TooMany,
        Texts.Of($"The answer would have more than {limit:N0} bytes (setting Limits:AnswerBytes), the most that one response holds; ask for less, or stream the keys over gRPC."));

    public static RpcException TooManyWrongPasswords(TimeSpan retryAfter) => Rich(
        Code.ResourceExhausted,
        Texts.Of($"Too many wrong passwords were given; this one was not checked."),
        Info(FailureReasons.WrongPasswords),
        new RetryInfo { RetryDelay = retryAfter.ToDuration() });

    /// <summary>The credential that the call began with is not good any more.</summary>
    public static RpcException CredentialEnded() => new(new Grpc.Core.Status(StatusCode.Unauthenticated, Texts.Of($"Your credential is no longer valid.")));

    /// <summary>The caller's role does not suffice.</summary>
    public static RpcException Forbidden() => new(new Grpc.Core.Status(StatusCode.PermissionDenied, Texts.Of($"Your role does not allow this operation.")));

    /// <summary>Nobody waits for an answer any more.</summary>
    public static RpcException GivenUp() => new(new Grpc.Core.Status(StatusCode.Cancelled, Texts.Of($"The caller gave up.")));

    /// <summary>A body or message was not whole in time.</summary>
    public static RpcException BodyTooSlow(int seconds) => Reasoned(
        Code.Cancelled,
        FailureReasons.BodyTooSlow,
        Texts.Of($"The body was not whole within {seconds:N0} seconds (setting Limits:BodySeconds); nothing was changed."));

    /// <summary>A call without a credential sends too much.</summary>
    public static RpcException BodyTooLarge(int limit) => Reasoned(
        Code.ResourceExhausted,
        FailureReasons.BodyTooLarge,
        Texts.Of($"Without a credential a body may have {limit:N0} bytes at most (setting Limits:AnonymousBodyBytes)."));

    /// <summary>The server stops before the call has come to its end.</summary>
    public static RpcException Stopping() => Retryable(FailureReasons.Stopping, Texts.Of($"The server is stopping; ask again, it or another."));

    /// <summary>The server has too much to do.</summary>
    public static RpcException Overloaded(string message) => Retryable(FailureReasons.Overloaded, message);

    /// <summary>The caller wants too much at once.</summary>
    public static RpcException TooManyCalls(string message, TimeSpan retryAfter) => Rich(
        Code.ResourceExhausted, message, Info(FailureReasons.TooManyCalls), new RetryInfo { RetryDelay = retryAfter.ToDuration() });

    public static RpcException Unforeseen() => Reasoned(Code.Internal, FailureReasons.Internal, Texts.Of($"Something went wrong in the server; its log has more."));

    public static RpcException Of(StoreException e) => e.Error switch
    {
        StoreError.Overloaded => Retryable(FailureReasons.QueueFull, Text(e)),
        StoreError.Unavailable => Retryable(FailureReasons.StoreUnavailable, Text(e)),
        StoreError.ReadTooLong => Retryable(FailureReasons.ReadTooLong, Text(e)),
        StoreError.TooManyReads => TooManyCalls(Text(e), RetryDelay),
        StoreError.StorageFull => Reasoned(Code.ResourceExhausted, FailureReasons.StorageFull, Text(e)),
        StoreError.UnknownTable => InvalidArgument("foreign_key.table_name", Text(e)),
        StoreError.AlreadyExists => Reasoned(Code.AlreadyExists, FailureReasons.AlreadyExists, Text(e)),
        StoreError.NotFound => NotFound(Text(e)),
        StoreError.ChangedSince => Reasoned(Code.FailedPrecondition, FailureReasons.ChangedSince, Text(e)),
        StoreError.Damaged => Reasoned(Code.DataLoss, FailureReasons.StoreDamaged, Text(e)),
        _ => Unforeseen(),
    };

    private static string Text(StoreException e) => Texts.Of(e.Text);

    private static RpcException Retryable(string reason, string message) => Rich(
        Code.Unavailable, message, Info(reason), new RetryInfo { RetryDelay = RetryDelay.ToDuration() });

    private static RpcException Reasoned(Code code, string reason, string message) => Rich(code, message, Info(reason));

    private static ErrorInfo Info(string reason) => new() { Domain = FailureReasons.Domain, Reason = reason };

    private static RpcException Rich(Code code, string message, params Google.Protobuf.IMessage[] details) =>
        new Google.Rpc.Status { Code = (int)code, Message = message, Details = { details.Select(Any.Pack) } }.ToRpcException();
}
