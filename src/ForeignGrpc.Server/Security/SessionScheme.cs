using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// A browser's session: its cookie, and the header that only pages of this origin can send, for which they must have read the other
/// cookie. Both on every method, as documented. Not looked at when there is an Authorization header.
/// </summary>
internal sealed class SessionScheme(Tickets tickets)
{
    public const string Name = "Session";

    /// <summary>
    /// The caller whose session it is; null when there is none, the header is missing or wrong, or the session has ended.
    /// </summary>
    public ValueTask<Caller?> FindCallerAsync(HttpRequest request) =>
        SessionCookies.SecretOf(request) is { } secret && Tickets.IsSecret(secret) && HasXsrfToken(request, secret)
            ? tickets.FindCallerAsync(secret, TicketKind.Session)
            : default;

    private static bool HasXsrfToken(HttpRequest request, string secret)
    {
        var (given, expected) = (request.Headers[SessionCookies.XsrfHeader].ToString(), Tickets.XsrfTokenOf(secret));
        return given.Length == expected.Length && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
    }
}
