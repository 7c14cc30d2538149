using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// A session of a browser: the session cookie plus the header X-XSRF-TOKEN, which only pages that can read the cookie XSRF-TOKEN can send.
/// Every method needs both, as documented. Ignored if there is an Authorization header.
/// </summary>
internal sealed class SessionScheme(Tickets tickets)
{
    public const string Name = "Session";

    /// <summary>
    /// Authenticates a request by its session. Null if there is no session, the header is missing or wrong, or the session has ended.
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
