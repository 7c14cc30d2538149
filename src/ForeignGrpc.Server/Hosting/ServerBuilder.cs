using System.Security.Cryptography;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.OpenApi;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Server.Rest;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Server.Upstream;
using ForeignGrpc.Store;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Builds the server: services, middlewares and endpoints.</summary>
internal static class ServerBuilder
{
    /// <summary>Builds the application: settings are checked and the store is open, but the server does not listen yet.</summary>
    /// <param name="settings">Settings as command line arguments.</param>
    /// <param name="replace">Replaces services, for tests.</param>
    /// <exception cref="OperatorException">A setting is unknown or invalid.</exception>
    /// <exception cref="Store.Model.StoreException">The database cannot be opened.</exception>
    public static async Task<WebApplication> BuildAsync(string[] settings, Action<IServiceCollection>? replace = null)
    {
        var builder = CreateBuilder(settings);
        builder.Configuration.AddListenAddresses();
        builder.Services.AddServer();
        replace?.Invoke(builder.Services);
        var app = Build(builder, settings);
        app.Services.GetRequiredService<IForeignSystemStore>();
        if (app.Environment.IsDevelopment())
        {
            await app.Services.GetRequiredService<DevelopmentUser>().AddIfMissingAsync();
        }

        app.UseForwardedHeaders();
        app.UseMiddleware<PathBaseMiddleware>();
        app.UseMiddleware<AnonymousPaceMiddleware>();
        app.UseMiddleware<LanguageMiddleware>();
        app.UsePageHeaders();
        app.UseRestEdge();
        app.UseRouting();
        app.UseMiddleware<GrpcWebBodyMiddleware>();
        app.UseGrpcWeb();
        app.UseCors(app.Services.GetRequiredService<IOptions<CorsSettings>>().Value);
        app.UseMiddleware<HostMiddleware>();
        app.UseMiddleware<ArrivalMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<CallLoadMiddleware>();
        app.MapAgent<ForeignSystemAgentService>(ForeignSystemAgent.BindService);
        app.MapAgent<SessionAgentService>(SessionAgent.BindService);
        app.MapAgent<ServerAgentService>(ServerAgent.BindService);
        app.MapReflection();
        app.MapOpenApi();
        app.MapListMetadata();
        app.MapApiDirectory();
        app.MapHealth();
        app.MapUpstream();
        return app;
    }

    /// <summary>Starts the application: it listens.</summary>
    /// <exception cref="OperatorException">A listen address is invalid or in use, or its certificate cannot be read.</exception>
    public static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException or CryptographicException)
        {
            throw new OperatorException(e.Message);
        }
    }

    /// <summary>
    /// Checks the settings of a verb as the server checks its own. Otherwise a verb with a misspelled setting could work on the wrong
    /// database.
    /// </summary>
    /// <exception cref="OperatorException">A setting is unknown.</exception>
    public static void CheckSettings(string[] settings)
    {
        var services = new ServiceCollection();
        services.AddServer();
        var classes = services.Select(service => service.ImplementationInstance).OfType<SettingsClass>();
        UnknownSettings.Check(CreateBuilder(settings).Configuration, classes, settings);
    }

    /// <summary>
    /// Creates the builder that the server and the verbs share. Settings come from `appsettings.json` beside the program (read once, not
    /// watched), the environment and the command line; the later source wins. Relative paths start at the working directory.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. settings],
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = EnvironmentName(settings),
        });

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ConsoleFormatter, LineConsoleFormatter>();

        // Program.cs prints errors of the start in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter(MalformedGrpc.FrameworkLog, LogLevel.None);

        // StoreOutage logs once what the framework would log at each probe.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is LogLevel.Warning or LogLevel.Error);
        return builder;
    }

    /// <summary>
    /// The name of the environment. ASPNETCORE_ENVIRONMENT overrides DOTNET_ENVIRONMENT, because `dotnet run` sets the latter by default.
    /// </summary>
    private static string? EnvironmentName(string[] settings) => new ConfigurationBuilder()
        .AddEnvironmentVariables("DOTNET_")
        .AddEnvironmentVariables("ASPNETCORE_")
        .AddCommandLine(settings)
        .Build()[HostDefaults.EnvironmentKey];

    private static WebApplication Build(WebApplicationBuilder builder, string[] settings)
    {
        try
        {
            var app = builder.Build();
            UnknownSettings.Check(app.Configuration, app.Services.GetServices<SettingsClass>(), settings);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            app.Services.GetRequiredService<CredentialSchemes>();
            app.Services.GetRequiredService<AllowedHosts>();
            app.Services.GetRequiredService<PathBase>();
            return app;
        }
        catch (OptionsValidationException e)
        {
            throw new OperatorException(string.Join(' ', e.Failures));
        }
        catch (InvalidOperationException e)
        {
            // The binder throws this if a setting has the wrong type. The message names the setting and its value.
            throw new OperatorException(e.Message);
        }
    }

    private static void AddServer(this IServiceCollection services)
    {
        services.AddSingleton<FailureLog>();
        services.AddSingleton<StoreOutage>();
        services.AddLoadLimits();
        services.AddStore();
        services.AddSecurity();
        services.AddRestEdge();
        services.AddUpstream();
        services.AddAgent();
        services.AddHealth();
        services.AddCors();
        services.AddSettings<CorsSettings>(CorsSettings.Section);
        services.AddSingleton<IValidateOptions<CorsSettings>, CorsOrigins>();
        services.AddAllowedHosts();
        services.AddKnownProxies();
        services.AddSingleton<PathBase>();
        services.AddSettings<GrpcSettings>(GrpcSettings.Section);
    }

    private static void AddAgent(this IServiceCollection services)
    {
        services.AddSettings<KeyLimits>(KeyLimits.Section);
        services.AddSettings<ApiSettings>(ApiSettings.Section);
        services.AddSingleton<CallerRights>();

        // Singletons: they keep no state of a call.
        services.AddSingleton<ForeignSystemAgentService>();
        services.AddSingleton<SessionAgentService>();
        services.AddSingleton<ServerAgentService>();
        services.AddSingleton<GrpcFailureInterceptor>();
        services.AddSingleton<FailureInterceptor>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<GrpcFailureInterceptor>();
            grpc.Interceptors.Add<FailureInterceptor>();
            grpc.Interceptors.Add<AccessInterceptor>();
        }).AddJsonTranscoding();
        services.AddGrpcReflection();
    }

    /// <summary>Replaces the check of hosts in the framework, which also rejects probes and responds with an HTML page.</summary>
    private static void AddAllowedHosts(this IServiceCollection services)
    {
        services.PostConfigure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["*"]);
        services.AddSingleton<AllowedHosts>();
    }

    /// <summary>Maps the native and the REST endpoints of a gRPC service.</summary>
    private static void MapAgent<TService>(this WebApplication app, Action<ServiceBinderBase, TService> bind)
        where TService : class =>
        app.MapGrpcService<TService>().WithRestEdge(app.Services, bind).WithMalformedRefused().WithMessageLimitOnly().WithGrpcWeb();

    /// <summary>
    /// Maps gRPC reflection, which tells nothing about stored data. In Development anyone may call it, elsewhere authenticated callers.
    /// </summary>
    private static void MapReflection(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<GrpcSettings>>().Value.Reflection)
        {
            var reflection = app.MapGrpcReflectionService().EnableGrpcWeb();
            if (app.Environment.IsDevelopment())
            {
                reflection.AllowAnonymous();
            }
        }
    }
}
