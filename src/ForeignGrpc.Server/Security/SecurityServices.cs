using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

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

        // The framework's authentication brings data protection along; nothing here uses it, so no key ring is kept on disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication(BasicHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BasicHandler>(BasicHandler.SchemeName, null);

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
