namespace ForeignGrpc.Server.Security;

/// <summary>The cookies of a browser's session.</summary>
internal static class SessionCookies
{
    /// <summary>Holds the session's secret; pages cannot read it.</summary>
    public const string Session = "ForeignGrpc-Session";

    /// <summary>Holds what <see cref="XsrfHeader"/> must bring; pages read it.</summary>
    public const string Xsrf = "XSRF-TOKEN";

    public const string XsrfHeader = "X-XSRF-TOKEN";

    public static void Set(HttpContext context, string secret, string xsrfToken)
    {
        context.Response.Cookies.Append(Session, secret, Options(context, isHidden: true));
        context.Response.Cookies.Append(Xsrf, xsrfToken, Options(context, isHidden: false));
    }

    public static void TakeBack(HttpContext context)
    {
        context.Response.Cookies.Delete(Session, Options(context, isHidden: true));
        context.Response.Cookies.Delete(Xsrf, Options(context, isHidden: false));
    }

    private static CookieOptions Options(HttpContext context, bool isHidden) => new()
    {
        HttpOnly = isHidden,
        IsEssential = true,
        Path = "/",
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
    };
}
