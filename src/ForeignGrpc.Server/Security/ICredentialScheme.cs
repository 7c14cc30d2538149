using ForeignGrpc.Server.Calls;

namespace ForeignGrpc.Server.Security;

/// <summary>A way to say who calls.</summary>
internal interface ICredentialScheme
{
    /// <summary>The caller whom a credential is of; null when it is malformed, wrong, or no longer good.</summary>
    /// <param name="request">The call.</param>
    /// <param name="credential">What stands behind the scheme's name in the Authorization header.</param>
    ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential);
}
