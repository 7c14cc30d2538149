using ForeignGrpc.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ForeignGrpc.Benchmarks;

/// <summary>The real server over a store that keeps nothing.</summary>
internal static class Ceiling
{
    public static async Task RunAsync(string rest, string grpc)
    {
        await using var app = await Server.Hosting.ServerBuilder.BuildAsync(
            ["--environment=Development", $"--Kestrel:Endpoints:Rest:Url={rest}", $"--Kestrel:Endpoints:Grpc:Url={grpc}"],
            services => services.Replace(ServiceDescriptor.Singleton<IForeignSystemStore, NoStore>()));
        await Server.Hosting.ServerBuilder.StartAsync(app);
        await app.WaitForShutdownAsync();
    }
}
