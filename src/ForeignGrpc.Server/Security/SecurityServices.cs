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
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, BearerScheme>();
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>();
        new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, TicketHandler>(TicketHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null)
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
}
