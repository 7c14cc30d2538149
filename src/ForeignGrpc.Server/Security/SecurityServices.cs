using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace ForeignGrpc.Server.Security;

/// <summary>Who may call: one set of handlers and policies for REST and gRPC.</summary>
internal static class SecurityServices
{
    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddSettings<AuthOptions>(AuthOptions.Section);
        services.AddSingleton<Passwords>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<DevelopmentUser>();

        // The core of authentication, without the data protection that AddAuthentication brings along: nothing here needs its
        // key ring, which it would keep on disk.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = BasicHandler.SchemeName);
        services.AddWebEncoders();
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicHandler.SchemeName, null);

        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var role in Enum.GetValues<UserRole>())
        {
            authorization.AddPolicy(
                RequiresRoleAttribute.PolicyOf(role),
                policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Caller.Of(context.User)?.Role >= role));
        }

        services.AddSingleton<IAuthorizationMiddlewareResultHandler, GrpcRefusals>();
    }
}
