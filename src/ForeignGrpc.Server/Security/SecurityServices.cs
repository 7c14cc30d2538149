using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Security;

/// <summary>Adds authentication and authorization, the same for REST and gRPC.</summary>
internal static class SecurityServices
{
    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddSettings<AuthOptions>(AuthOptions.Section);
        services.AddSingleton<Passwords>();
        services.AddSingleton<UserCache>();
        services.AddSingleton<WrongPasswords>();
        services.AddSingleton<PasswordVerifier>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<AppTokens>();
        services.AddSingleton<DevelopmentUser>();
        services.AddSingleton<UserChanges>();
        services.AddSingleton<BasicScheme>();
        services.AddSingleton<TicketScheme>();
        services.AddSingleton<BearerScheme>();
        services.AddSingleton<SessionScheme>();
        services.AddSingleton<PageOrigins>();
        services.AddSingleton<CredentialSchemes>();
        services.AddSingleton<CallsInFlight>();
        services.AddHostedService(provider => provider.GetRequiredService<CallsInFlight>());
        services.AddSingleton<AccessInterceptor>();
    }
}
