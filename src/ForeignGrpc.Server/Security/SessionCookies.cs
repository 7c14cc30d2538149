using Grpc.Core;

namespace ForeignGrpc.Server.Security;

/// <summary>The cookies of a session of a browser.</summary>
internal static class SessionCookies
{
    /// <summary>The cookie with the secret of the session. Scripts of pages cannot read it.</summary>
    public const string Session = "ForeignGrpc-Session";

    /// <summary>
    /// The same on secure requests. Browsers take a cookie of this prefix from this host alone, over TLS, for all its paths.
    /// </summary>
    public const string SecureSession = $"__Host-{Session}";

    /// <summary>
    /// The same on secure requests below a path base: the cookie goes to its paths alone, which browsers do not allow for the other prefix.
    /// They take one of this prefix over TLS alone.
    /// </summary>
    public const string SecureSessionOfPath = $"__Secure-{Session}";

    /// <summary>The cookie with the value for the header <see cref="XsrfHeader"/>. Scripts of pages read it.</summary>
    public const string Xsrf = "XSRF-TOKEN";

    public const string XsrfHeader = "X-XSRF-TOKEN";

    /// <summary>
    /// The session's secret of a request. A cookie that came, or could have come, in cleartext counts on no secure request.
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
