using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Security;

/// <summary>An authentication scheme of the header Authorization.</summary>
internal interface ICredentialScheme
{
    /// <summary>Authenticates a credential. Null if it is malformed, wrong, or no longer valid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credential">The value of the header Authorization after the name of the scheme.</param>
    ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential);

    /// <summary>
    /// Whether a credential is for this server, valid or not. No other server may see it. Every other credential is for the upstream
    /// server. Not asked if there is no upstream server.
    /// </summary>
    ValueTask<bool> IsOwnAsync(string credential);

    /// <summary>The login name in a credential; null if the scheme has none.</summary>
    string? AccountOf(string credential) => null;
}
