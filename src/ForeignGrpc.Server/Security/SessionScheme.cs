using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// A browser's session: its cookie, and the header that only pages of this origin can send, for which they must have read the other
/// cookie. Both on every method, as documented. Not looked at when there is an Authorization header.
/// </summary>
internal sealed class SessionScheme(Tickets tickets)
{
    public const string Name = "Session";

    /// <summary>The caller whose session it is; null when there is none, the header is missing or wrong, or the session has ended.</summary>
    public async ValueTask<Caller?> FindCallerAsync(HttpRequest request)
    {
        if (request.Cookies[SessionCookies.Session] is not { Length: > 0 } secret)
        {
            return null;
        }

        var (given, expected) = (request.Headers[SessionCookies.XsrfHeader].ToString(), Tickets.XsrfTokenOf(secret));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected))
            && await tickets.FindAsync(secret, TicketKind.Session) is { } session
            ? new Caller(session)
            : null;
    }
}
