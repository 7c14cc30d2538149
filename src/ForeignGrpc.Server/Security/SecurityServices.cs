using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Who may call: one set of handlers and policies for REST and gRPC.</summary>
internal static class SecurityServices
{
    private const string AnyScheme = "any";

    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddSettings<AuthOptions>(AuthOptions.Section);
        services.AddSingleton<Passwords>();
        services.AddSingleton<KnownUsers>();
        services.AddSingleton<WrongPasswords>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<AppTokens>();
        services.AddSingleton<DevelopmentUser>();
        services.AddSingleton<UserChanges>();

        // The core of authentication, without the data protection that AddAuthentication brings along: nothing here needs its
        // key ring, which it would keep on disk.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = AnyScheme);
        services.AddWebEncoders();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerScheme>();
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
        new AuthenticationBuilder(services)
            .AddPolicyScheme(AnyScheme, null, any => any.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, TicketHandler>(TicketHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, NoCredentialHandler>(NoCredentialHandler.SchemeName, null)
            .AddScheme<JwtBearerOptions, JwtBearerHandler>(BearerScheme.SchemeName, null);

        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var role in Enum.GetValues<UserRole>())
        {
            authorization.AddPolicy(
                RequiresRoleAttribute.PolicyOf(role),
                policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Caller.Of(context.User)?.GrantedRole >= role));
        }

        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
    }

    /// <summary>Reads now what would else be read with the first token.</summary>
    /// <exception cref="StartupException">The file of keys cannot be read.</exception>
    public static void CheckSecurity(this IServiceProvider services)
    {
        if (services.GetRequiredService<IOptions<AuthOptions>>().Value.Bearer.IsEnabled)
        {
            services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(BearerScheme.SchemeName);
        }
    }

    /// <summary>The enabled scheme that the call's credential is of.</summary>
    private static string SchemeOf(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value;
        var header = context.Request.Headers.Authorization.ToString();
        return header.Split(' ')[0].ToUpperInvariant() switch
        {
            "" when options.Session => SessionHandler.SchemeName,
            "BASIC" when options.Basic => BasicHandler.SchemeName,
            "SOTICKET" when options.SoTicket => TicketHandler.SchemeName,
            "BEARER" when options.Bearer.IsEnabled => BearerScheme.SchemeName,
            _ => NoCredentialHandler.SchemeName,
        };
    }
}
