using System.Reflection;
using ForeignGrpc.Server.Settings;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>Adds the limits of connections, bytes and calls.</summary>
internal static class LoadServices
{
    /// <summary>
    /// The section with limits of Kestrel, named as in <see cref="KestrelServerLimits"/>: `Kestrel:Limits:MaxConcurrentConnections`.
    /// </summary>
    private const string KestrelSection = "Kestrel:Limits";

    /// <summary>The grace period of a body or response below the lowest rate.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most streams of an HTTP/2 connection. Kestrel treats a connection as hostile and closes it if the client has reset twice as many
    /// streams that the server still processes. Calls with short deadlines and a slow disk get there. The default of 100 is too low for a
    /// client with all calls on one connection.
    /// </summary>
    private const int StreamsPerConnection = 1_000;

    public static void AddLoadLimits(this IServiceCollection services)
    {
        DecodedBody.RefuseTruncated();
        services.AddSettings<LoadLimits>(LoadLimits.Section);
        services.AddSingleton(new SettingsClass(KestrelSection, typeof(KestrelServerLimits)));
        services.AddSingleton<AnonymousPace>();
        services.AddSingleton<BodyMemory>();
        services.AddSingleton<LargeAnswers>();
        services.AddSingleton<ClientConnections>();
        services.AddSingleton<CallsAtWork>();
        services.AddHostedService<ConnectionsAtStop>();
        services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<KeyLimits>, IOptions<LoadLimits>, IConfiguration, ClientConnections>(Configure);
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<KeyLimits>>(
            (grpc, limits) => grpc.MaxReceiveMessageSize = limits.Value.BodyBytes);
    }

    private static void Configure(
        KestrelServerOptions kestrel,
        IOptions<KeyLimits> limits,
        IOptions<LoadLimits> load,
        IConfiguration configuration,
        ClientConnections connections)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 10_000;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(load.Value.BodyBytesPerSecond, Patience);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(load.Value.AnswerBytesPerSecond, Patience);
        kestrel.Limits.MaxRequestBodySize = limits.Value.BodyBytes;
        kestrel.Limits.MaxRequestLineSize = limits.Value.RequestLineBytes;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(1_048_576, 2 * limits.Value.RequestLineBytes);
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = limits.Value.RequestLineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32_768 + limits.Value.RequestLineBytes;
        Bind(configuration.GetSection(KestrelSection), kestrel.Limits);
        connections.LimitTo(kestrel.Limits.MaxConcurrentConnections);
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => connections.ServeAsync(connection, next)));
    }

    private static void Bind(IConfigurationSection section, KestrelServerLimits limits)
    {
        try
        {
            section.Bind(limits);
        }
        catch (TargetInvocationException e)
        {
            throw new OperatorException($"A setting of {section.Path} is out of its range: {e.GetBaseException().Message}");
        }
    }
}
