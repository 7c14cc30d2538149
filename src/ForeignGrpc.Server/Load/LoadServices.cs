using System.Reflection;
using ForeignGrpc.Server.Settings;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>How much the server takes at the same time: of connections, of bytes, of calls.</summary>
internal static class LoadServices
{
    /// <summary>
    /// Kestrel's own limits, by their names in <see cref="KestrelServerLimits"/>, such as `Kestrel:Limits:MaxConcurrentConnections`.
    /// </summary>
    private const string KestrelSection = "Kestrel:Limits";

    /// <summary>How long a slow body or answer is waited for, whatever its rate.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Kestrel ends a connection as hostile that has twice as many streams which its client has given up and the server has not yet, as
    /// calls with short deadlines have beside a slow disk. Its own default of 100 is too few for a client that has all its calls on one
    /// connection.
    /// </summary>
    private const int StreamsPerConnection = 1_000;

    public static void AddLoadLimits(this IServiceCollection services)
    {
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
