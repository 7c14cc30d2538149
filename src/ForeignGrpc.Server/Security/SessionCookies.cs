using Grpc.Core;

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
