using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Model;
using Grpc.Core;

namespace ForeignGrpc.Server.Failures;

/// <summary>
/// Why a call fails, as its caller sees it, before it is translated. Any code may throw a failure. <see cref="GrpcFailures"/> renders it
/// for gRPC and the REST edge renders it for REST, each in the language of the call.
/// </summary>
internal sealed class Failure : Exception
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Text? _text;

    private Failure(StatusCode code, string? reason, Text? text, Exception? cause = null)
        : base(null, cause)
    {
        (Code, Reason, _text) = (code, reason, text);
    }

    public StatusCode Code { get; }

    /// <summary>One of <see cref="FailureReasons"/>; null if the code is enough.</summary>
    public string? Reason { get; }

    /// <summary>The invalid fields of the request.</summary>
    public IReadOnlyList<Violation> Violations { get; private init; } = [];

    /// <summary>After which time the caller may retry; null if a retry is of no use.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Whether the client breaks the protocol, so that its request cannot be read at all.</summary>
    public bool IsUnreadable { get; private init; }

    public override string Message => In(null);

    public static Failure InvalidArgument(IReadOnlyList<Violation> violations) =>
        new(StatusCode.InvalidArgument, null, null) { Violations = violations };

    public static Failure InvalidArgument(string field, Text description) => InvalidArgument([new Violation(field, description)]);

    /// <summary>A part of a native gRPC request is not as the protocol has it.</summary>
    public static Failure Unreadable(string part, Text description) =>
        new(StatusCode.InvalidArgument, null, null) { Violations = [new Violation(part, description)], IsUnreadable = true };

    /// <summary>The request cannot be parsed.</summary>
    public static Failure Malformed(Text what) => new(StatusCode.InvalidArgument, null, what);

    /// <summary>The content type of the body is not supported.</summary>
    public static Failure UnsupportedMediaType(Text what) => new(StatusCode.InvalidArgument, FailureReasons.UnsupportedMediaType, what);

    /// <summary>The body has a content coding that is not read.</summary>
    public static Failure UnsupportedEncoding(Text what) => new(StatusCode.InvalidArgument, FailureReasons.UnsupportedEncoding, what);

    public static Failure NotFound(Text what) => new(StatusCode.NotFound, FailureReasons.NotFound, what);

    public static Failure Aborted(Text what) => new(StatusCode.Aborted, FailureReasons.TestFailed, what);

    public static Failure TooMany(int limit) => new(
        StatusCode.ResourceExhausted,
        FailureReasons.TooMany,
        Texts.Of(
            $"The list has more keys than the limit of {limit:N0} (setting Limits:ListedKeys); ask for less, or stream them over gRPC."));

    public static Failure TooLarge(int limit) => new(
        StatusCode.ResourceExhausted,
        FailureReasons.TooMany,
        Texts.Of(
            $"The response exceeds the limit of {limit:N0} bytes (setting Limits:AnswerBytes); ask for less, or stream keys over gRPC."));

    public static Failure TooManyWrongPasswords(TimeSpan retryAfter) => new(
        StatusCode.ResourceExhausted, FailureReasons.WrongPasswords, Texts.Of(
            $"Too many wrong passwords were sent; this one was not checked."))
    {
        RetryAfter = retryAfter,
    };

    /// <summary>The caller is not authenticated.</summary>
    public static Failure Unauthenticated(Text why) => new(StatusCode.Unauthenticated, null, why);

    /// <summary>The credential became invalid during the call.</summary>
    public static Failure CredentialEnded() => Unauthenticated(Texts.Of($"Your credential is no longer valid."));

    /// <summary>The caller is not authorized, for a special reason.</summary>
    public static Failure Forbidden(Text why) => new(StatusCode.PermissionDenied, null, why);

    /// <summary>The role of the caller does not allow the operation.</summary>
    public static Failure Forbidden() => Forbidden(Texts.Of($"Your role does not allow this operation."));

    /// <summary>A setting of section `Auth` disables the operation.</summary>
    public static Failure SwitchedOff(string setting) =>
        new(StatusCode.Unimplemented, null, Texts.Of($"This operation is disabled on this server (setting Auth:{setting})."));

    /// <summary>The caller has cancelled the call.</summary>
    public static Failure GivenUp() => new(StatusCode.Cancelled, null, Texts.Of($"The client cancelled the call."));

    /// <summary>A body or message was not complete in time.</summary>
    public static Failure BodyTooSlow(int seconds) =>
        BodyTooSlow(Texts.Of($"The body was not complete within {seconds:N0} seconds (setting Limits:BodySeconds); nothing was changed."));

    /// <inheritdoc cref="BodyTooSlow(int)"/>
    public static Failure BodyTooSlow(Text what) => new(StatusCode.Cancelled, FailureReasons.BodyTooSlow, what);

    /// <summary>The body of an anonymous call is too large.</summary>
    public static Failure BodyTooLarge(int limit) =>
        BodyTooLarge(Texts.Of(
            $"The body of a call without a credential may have {limit:N0} bytes at most (setting Limits:AnonymousBodyBytes)."));

    /// <summary>The body of an authenticated call is too large.</summary>
    public static Failure BodyTooLarge() =>
        BodyTooLarge(Texts.Of($"The body is larger than the limit of this server (setting Limits:BodyBytes)."));

    private static Failure BodyTooLarge(Text what) => new(StatusCode.ResourceExhausted, FailureReasons.BodyTooLarge, what);

    /// <summary>The server stops before the call is complete.</summary>
    public static Failure Stopping() => Retryable(FailureReasons.Stopping, Texts.Of($"The server is stopping; try again."));

    /// <summary>A limit of the whole server is reached.</summary>
    public static Failure Overloaded(Text message) => Retryable(FailureReasons.Overloaded, message);

    /// <summary>A limit of the caller is reached.</summary>
    public static Failure TooManyCalls(Text message, TimeSpan retryAfter) =>
        new(StatusCode.ResourceExhausted, FailureReasons.TooManyCalls, message) { RetryAfter = retryAfter };

    /// <summary>The upstream server cannot be reached.</summary>
    public static Failure UpstreamAway() => Retryable(
        FailureReasons.UpstreamAway, Texts.Of($"The upstream server cannot be reached (setting Upstream:Url); try again."));

    /// <summary>The upstream server did not say whether a credential is valid.</summary>
    public static Failure CredentialNotChecked() => Retryable(
        FailureReasons.UpstreamAway, Texts.Of($"The upstream server could not check your credential (setting Upstream:Url); try again."));

    /// <summary>The upstream server closed the connection, or its response is not HTTP.</summary>
    public static Failure UpstreamBroken() => Retryable(
        FailureReasons.UpstreamBroken, Texts.Of($"The upstream server gave no valid response (setting Upstream:Url); try again."));

    /// <summary>The upstream server did not respond in time.</summary>
    public static Failure UpstreamSilent(int seconds) => new(StatusCode.DeadlineExceeded, null, Texts.Of(
        $"The upstream server gave no response within {seconds:N0} seconds (setting Upstream:ActivitySeconds)."));

    /// <summary>The request was forwarded to the upstream server before.</summary>
    public static Failure Loop() => new(StatusCode.FailedPrecondition, FailureReasons.Loop, Texts.Of(
        $"The request was forwarded to the upstream server before: the setting Upstream:Url leads back to this server."));

    /// <summary>The request asks for a connection of another protocol.</summary>
    public static Failure Upgrade() => new(StatusCode.Unimplemented, null, Texts.Of(
        $"Only requests and responses are forwarded; connections of other protocols, such as WebSocket, are not."));

    /// <summary>The server failed by a defect.</summary>
    public static Failure Unforeseen(Exception cause) => new(
        StatusCode.Internal, FailureReasons.Internal, Texts.Of($"An internal error occurred; the server's log has the details."), cause);

    /// <summary>The framework ended the call with a status.</summary>
    public static Failure Of(Status status) => new(status.StatusCode, null, new Text("{0}", status.Detail));

    /// <summary>The store failed. If operators should know the cause, the store's failure is the cause of this one.</summary>
    public static Failure Of(StoreException e) => e.Error switch
    {
        StoreError.Overloaded => Retryable(FailureReasons.QueueFull, Texts.Of(e.Text)),
        StoreError.Unavailable => Retryable(FailureReasons.StoreUnavailable, Texts.Of(e.Text), CauseOf(e)),
        StoreError.Contended => Retryable(FailureReasons.StoreUnavailable, Texts.Of(e.Text)),
        StoreError.ReadTooLong => Retryable(FailureReasons.ReadTooLong, Texts.Of(e.Text)),
        StoreError.TooManyReads => TooManyCalls(Texts.Of(e.Text), RetryDelay),
        StoreError.StorageFull => new(StatusCode.ResourceExhausted, FailureReasons.StorageFull, Texts.Of(e.Text), CauseOf(e)),
        StoreError.UnknownTable => InvalidArgument("foreign_key.table_name", Texts.Of(e.Text)),
        StoreError.AlreadyExists => new(StatusCode.AlreadyExists, FailureReasons.AlreadyExists, Texts.Of(e.Text)),
        StoreError.NotFound => NotFound(Texts.Of(e.Text)),
        StoreError.ChangedSince => new(StatusCode.FailedPrecondition, FailureReasons.ChangedSince, Texts.Of(e.Text)),
        StoreError.Damaged => new(StatusCode.DataLoss, FailureReasons.StoreDamaged, Texts.Of(e.Text), e),
        _ => Unforeseen(e),
    };

    /// <summary>The message of the failure in a language.</summary>
    /// <param name="call">The language of the call; null for English.</param>
    public string In(CallLanguage? call) => _text?.In(call)
        ?? string.Join(' ', Violations.Select(violation => $"{violation.Field} {violation.Description.In(call)}"));

    /// <summary>The same failure with other names for the fields.</summary>
    public Failure WithNames(Func<string, string> nameOf) => new(Code, Reason, _text)
    {
        Violations = [.. Violations.Select(violation => violation with { Field = nameOf(violation.Field) })],
        RetryAfter = RetryAfter,
    };

    private static Failure Retryable(string reason, Text message, Exception? cause = null) =>
        new(StatusCode.Unavailable, reason, message, cause) { RetryAfter = RetryDelay };

    private static StoreException? CauseOf(StoreException e) => e.InnerException is null ? null : e;
}
