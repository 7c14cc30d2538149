using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// The server is ready if the store can read and write and the server is not stopping. Concurrent probes share one check of the store.
/// </summary>
internal sealed class StoreHealthCheck(IForeignSystemStore store, StoreOutage outage, IHostApplicationLifetime lifetime) : IHealthCheck
{
    private readonly Lock _lock = new();
    private Task<HealthCheckResult> _asked = Task.FromResult(HealthCheckResult.Healthy());

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The server is stopping.");
        }

        Task<HealthCheckResult> asked;
        lock (_lock)
        {
            asked = _asked = _asked.IsCompleted ? AskAsync() : _asked;
        }

        return await asked.WaitAsync(cancellationToken);
    }

    private async Task<HealthCheckResult> AskAsync()
    {
        try
        {
            await store.CheckAsync(CancellationToken.None);
            return HealthCheckResult.Healthy();
        }
        catch (StoreException e)
        {
            outage.Note(e);
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
