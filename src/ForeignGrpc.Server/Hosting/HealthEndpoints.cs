using ForeignGrpc.Server.Load;
using ForeignSystem.V1;
using Grpc.AspNetCore.Server;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.RateLimiting;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The health of the server, over HTTP and gRPC.</summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<StoreHealthCheck>();
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Map(ForeignSystemAgent.Descriptor.FullName, _ => true);
            health.Services.Map(SessionAgent.Descriptor.FullName, _ => true);
            health.Services.Map(ServerAgent.Descriptor.FullName, _ => true);
        });
    }

    /// <summary>
    /// Maps the health endpoints, for anonymous callers too. Limits of calls do not apply to probes; `Watch` streams have a limit of their
    /// own.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGrpcHealthChecksService().EnableGrpcWeb().AllowAnonymous().Add(endpoint => endpoint.Metadata.Add(
            endpoint.Metadata.OfType<GrpcMethodMetadata>().Any(call => call.Method.Name == nameof(Health.HealthBase.Watch))
                ? new EndlessAttribute()
                : new DisableRateLimitingAttribute()));
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous().DisableRateLimiting();
        app.MapHealthChecks("/health/ready").AllowAnonymous().DisableRateLimiting();
    }
}
