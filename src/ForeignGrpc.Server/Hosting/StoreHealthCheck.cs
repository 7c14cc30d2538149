using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Ready means: the store answers reads and writes, and the server is not stopping.</summary>
internal sealed class StoreHealthCheck(IForeignSystemStore store, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The server is stopping.");
        }

        try
        {
            await store.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
