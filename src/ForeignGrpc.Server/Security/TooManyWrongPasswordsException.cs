using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Security;

/// <summary>A password was not looked at: too many before it were wrong.</summary>
internal sealed class TooManyWrongPasswordsException(TimeSpan retryAfter)
    : Exception(Texts.Of($"Too many wrong passwords were given; this one was not looked at."))
{
    /// <summary>When the next will be.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
