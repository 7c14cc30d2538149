using ForeignGrpc.Server.Security;
using Microsoft.OpenApi;

namespace ForeignGrpc.Server.OpenApi;

/// <summary>The authentication schemes that the settings enable.</summary>
internal static class SecuritySchemes
{
    public static void AddTo(OpenApiDocument document, AuthOptions auth)
    {
        document.Security = [];
        if (auth.Basic)
        {
            Add(document, (BasicScheme.Name, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "basic",
                Description = "A user of the service, by name and password.",
            }));
        }

        if (auth.SoTicket)
        {
            Add(document, (TicketScheme.Name, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "Authorization",
                Description = "`SoTicket` and, behind a space, a ticket that `POST /api/v1/Session/Tickets` gave.",
            }));
        }

        if (auth.Bearer.IsEnabled)
        {
            Add(document, (BearerScheme.Name, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A token of the identity provider that the service trusts.",
            }));
        }

        if (auth.Session)
        {
            Add(
                document,
                (SessionScheme.Name, new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Cookie,
                    Name = SessionCookies.Session,
                    Description = "A browser's session, which `POST /api/v1/Session/Login` begins. "
                        + $"Over TLS the cookie's name is `{SessionCookies.SecureSession}`.",
                }),
                (SessionCookies.XsrfHeader, new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = SessionCookies.XsrfHeader,
                    Description = $"The value of the cookie `{SessionCookies.Xsrf}`, on every call of a session.",
                }));
        }
    }

    /// <summary>Adds one way to authenticate: a scheme, or several schemes together.</summary>
    private static void Add(OpenApiDocument document, params (string Name, OpenApiSecurityScheme Scheme)[] together)
    {
        var requirement = new OpenApiSecurityRequirement();
        foreach (var (name, scheme) in together)
        {
            document.AddComponent<IOpenApiSecurityScheme>(name, scheme);
            requirement.Add(new OpenApiSecuritySchemeReference(name, document), []);
        }

        document.Security!.Add(requirement);
    }
}
