using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Upstream;

/// <summary>Adds the upstream server, if `Upstream:Url` is set.</summary>
internal static class UpstreamServices
{
    public static void AddUpstream(this IServiceCollection services)
    {
        services.AddSettings<UpstreamOptions>(UpstreamOptions.Section);
        services.AddHttpForwarder();

        // It logs each call with its query, and each failure with a stack trace.
        services.AddLogging(logging => logging.AddFilter("Yarp", LogLevel.None));
        services.AddSingleton<UpstreamClient>();
        services.AddSingleton<UpstreamHealth>();
        services.AddSingleton<Loops>();
        services.AddSingleton<ForwardedHeaders>();
        services.AddSingleton<UpstreamForwarder>();
        services.AddSingleton<UpstreamPrincipals>();
        services.AddSingleton<IUpstreamAuthority, UpstreamAuthority>();

        // Headers of responses pass through as the bytes that they came as.
        services.Configure<KestrelServerOptions>(kestrel => kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1);
    }

    /// <summary>Forwards every request whose path and method have no other endpoint.</summary>
    public static void MapUpstream(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<UpstreamOptions>>().Value is { IsOn: true } options)
        {
            app.Map("/{**path}", app.Services.GetRequiredService<UpstreamForwarder>().InvokeAsync)
                .WithOrder(int.MaxValue)
                .WithMetadata(new Forwarded(TakesUnknown: !options.RequireKnownCaller));
        }
    }
}
