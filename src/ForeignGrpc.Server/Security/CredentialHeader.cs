using System.Net.Http.Headers;

namespace ForeignGrpc.Server.Security;

/// <summary>The Authorization header.</summary>
internal static class CredentialHeader
{
    /// <summary>What stands behind the scheme, whose name is taken in any case; null when the header is of another scheme, or none.</summary>
    public static string? OfScheme(HttpRequest request, string scheme) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase)
            ? header.Parameter ?? ""
            : null;
}
