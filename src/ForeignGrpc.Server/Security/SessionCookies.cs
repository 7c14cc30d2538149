using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace ForeignGrpc.Server.Security;

/// <summary>The cookies of a session of a browser.</summary>
internal static class SessionCookies
{
    /// <summary>The cookie with the secret of the session. Scripts of pages cannot read it.</summary>
    public const string Session = "ForeignGrpc-Session";

    /// <summary>
    /// The same cookie on secure requests. Browsers accept a cookie with this prefix only from this host, over TLS, for all paths.
    /// </summary>
    public const string SecureSession = $"__Host-{Session}";

    /// <summary>
    /// The same cookie on secure requests below a path base. Its path is the path base, which browsers do not allow with the other
    /// prefix. Browsers accept a cookie with this prefix only over TLS.
    /// </summary>
    public const string SecureSessionOfPath = $"__Secure-{Session}";

    /// <summary>The cookie with the value for the header <see cref="XsrfHeader"/>. Scripts of pages read this cookie.</summary>
    public const string Xsrf = "XSRF-TOKEN";

    public const string XsrfHeader = "X-XSRF-TOKEN";

    /// <summary>
    /// The secret of the session in a request. A secure request ignores a cookie that may have been sent in cleartext.
    /// </summary>
    public static string? SecretOf(HttpRequest request) => request.Cookies[NameOf(request)];

    public static void Set(ServerCallContext call, string secret, string xsrfToken)
    {
        var context = call.GetHttpContext();
        context.Response.Cookies.Append(NameOf(context.Request), secret, Options(context, isHidden: true));
        context.Response.Cookies.Append(Xsrf, xsrfToken, Options(context, isHidden: false));
    }

    public static void TakeBack(ServerCallContext call)
    {
        var context = call.GetHttpContext();
        context.Response.Cookies.Delete(NameOf(context.Request), Options(context, isHidden: true));
        context.Response.Cookies.Delete(Xsrf, Options(context, isHidden: false));
    }

    /// <summary>Whether a value of the header Set-Cookie is of a session.</summary>
    public static bool IsOfSession(string? setCookie) => setCookie is not null && IsSession(NameAndValue(setCookie).Name);

    /// <summary>Removes the cookies of sessions from those of a request.</summary>
    /// <param name="cookies">The values of the header Cookie.</param>
    /// <returns>The other cookies, unchanged if there is no session, and the XSRF tokens of the sessions.</returns>
    public static (StringValues Others, IReadOnlyCollection<string> XsrfTokens) Split(StringValues cookies)
    {
        var all = (
            from piece in cookies.SelectMany(Pieces)
            let cookie = NameAndValue(piece)
            select (Text: piece, cookie.Name, cookie.Value)).ToList();
        var tokens = all.Where(cookie => IsSession(cookie.Name)).Select(cookie => Tickets.XsrfTokenOf(cookie.Value)).ToHashSet();
        if (tokens.Count == 0)
        {
            return (cookies, []);
        }

        var others = all
            .Where(cookie => !IsSession(cookie.Name) && !(cookie.Name == Xsrf && tokens.Contains(cookie.Value)))
            .Select(cookie => cookie.Text);
        return (string.Concat(others).Trim(' ', ';', ','), tokens);
    }

    private static bool IsSession(string name) => name.Equals(Session, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SecureSession, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SecureSessionOfPath, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The cookies in a value of the header Cookie, each with the separator behind it. The framework also separates cookies by commas.
    /// </summary>
    private static IEnumerable<string> Pieces(string? header)
    {
        var text = $"{header}; ";
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOfAny([';', ','], start) + 1;
            end += end < text.Length && text[end] == ' ' ? 1 : 0;
            yield return text[start..end];
            start = end;
        }
    }

    private static (string Name, string Value) NameAndValue(string cookie)
    {
        var (equals, end) = (cookie.IndexOf('=', StringComparison.Ordinal), cookie.IndexOfAny([';', ',']));
        var text = end < 0 ? cookie : cookie[..end];
        return equals < 0 || equals >= text.Length
            ? (text.Trim(), "")
            : (text[..equals].Trim(), Uri.UnescapeDataString(text[(equals + 1)..].Trim(' ', '"')));
    }

    private static string NameOf(HttpRequest request) =>
        !request.IsHttps ? Session : request.PathBase.HasValue ? SecureSessionOfPath : SecureSession;

    private static CookieOptions Options(HttpContext context, bool isHidden) => new()
    {
        HttpOnly = isHidden,
        IsEssential = true,
        Path = context.Request.PathBase is { HasValue: true } pathBase ? pathBase.ToUriComponent() : "/",
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
    };
}
