using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Security;

/// <summary>The upstream server, which judges the credentials that are not for this server.</summary>
internal interface IUpstreamAuthority
{
    /// <summary>Whether there is an upstream server.</summary>
    bool IsOn { get; }

    /// <summary>Whether callers whom the upstream server knows may call this server.</summary>
    bool Authenticates { get; }

    /// <summary>
    /// Authenticates a request whose credential is not for this server. Null if the upstream server does not accept the credential, or
    /// callers whom it knows may not call this server.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="account">The login name in the credential; null if there is none.</param>
    /// <exception cref="Failures.Failure">The upstream server gave no answer, or too many credentials were wrong.</exception>
    ValueTask<Caller?> FindCallerAsync(HttpRequest request, string? account);
}
