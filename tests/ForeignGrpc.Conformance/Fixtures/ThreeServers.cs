using System.Net;
using ForeignGrpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace ForeignGrpc.Conformance;

/// <summary>Three servers on one PostgreSQL database behind a load balancer that sends each call to the next one.</summary>
public sealed class ThreeServers : Service
{
    private readonly List<WebApplication> _balancers = [];

    public override string? Missing => MissingPostgres;

    public IReadOnlyList<ServerProcess> Servers { get; } = [new(), new(), new()];

    public override async Task InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        var connectionString = await (await PostgresCluster.Shared).CreateDatabaseAsync();
        await Task.WhenAll(Servers.Select(server =>
        {
            server.UsePostgres(connectionString);
            return server.InitializeAsync();
        }));
        RestUri = await BalanceAsync(HttpProtocols.Http1, server => server.RestUri);
        GrpcUri = await BalanceAsync(HttpProtocols.Http2, server => server.GrpcUri);
    }

    public override async Task DisposeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        await base.DisposeAsync();
        foreach (var balancer in _balancers)
        {
            await balancer.DisposeAsync();
        }

        foreach (var server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task<Uri> BalanceAsync(HttpProtocols protocols, Func<ServerProcess, Uri> destination)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var version = protocols == HttpProtocols.Http2 ? new Version(2, 0) : new Version(1, 1);

        // The servers make links of the Host that they were asked under.
        var route = new RouteConfig
        {
            RouteId = "all",
            ClusterId = "servers",
            Match = new RouteMatch { Path = "{**all}" },
        }.WithTransformUseOriginalHostHeader();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [route],
            [
                new ClusterConfig
                {
                    ClusterId = "servers",
                    LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
                    HttpRequest = new ForwarderRequestConfig { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
                    Destinations = Servers.Index().ToDictionary(
                        server => $"{server.Index}", server => new DestinationConfig { Address = $"{destination(server.Item)}" }),
                },
            ]);
        var balancer = builder.Build();
        balancer.MapReverseProxy();
        _balancers.Add(balancer);
        await balancer.StartAsync();
        return new Uri(balancer.Urls.Single());
    }
}
