namespace ForeignGrpc.Server.Failures;

/// <summary>The reasons in `google.rpc.ErrorInfo`. They distinguish failures with the same status code.</summary>
internal static class FailureReasons
{
    /// <summary>The domain of all reasons.</summary>
    public const string Domain = "foreignsystem.v1";

    public const string NotFound = "NOT_FOUND";

    public const string QueueFull = "QUEUE_FULL";

    public const string StoreUnavailable = "STORE_UNAVAILABLE";

    public const string ReadTooLong = "READ_TOO_LONG";

    public const string StorageFull = "STORAGE_FULL";

    public const string StoreDamaged = "STORE_DAMAGED";

    public const string AlreadyExists = "ALREADY_EXISTS";

    public const string ChangedSince = "CHANGED_SINCE";

    public const string TestFailed = "TEST_FAILED";

    public const string TooMany = "TOO_MANY";

    public const string TooManyCalls = "TOO_MANY_CALLS";

    public const string BodyTooSlow = "BODY_TOO_SLOW";

    public const string BodyTooLarge = "BODY_TOO_LARGE";

    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";

    public const string UnsupportedEncoding = "UNSUPPORTED_ENCODING";

    public const string Stopping = "STOPPING";

    public const string Overloaded = "OVERLOADED";

    public const string WrongPasswords = "WRONG_PASSWORDS";

    public const string UpstreamAway = "UPSTREAM_AWAY";

    public const string UpstreamBroken = "UPSTREAM_BROKEN";

    public const string Loop = "LOOP";

    public const string Internal = "INTERNAL";
}
