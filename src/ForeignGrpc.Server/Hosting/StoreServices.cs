using ForeignGrpc.Server.Agent;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sqlite;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>The store by its settings.</summary>
internal static class StoreServices
{
    public static void AddStore(this IServiceCollection services)
    {
        services.AddSettings<StorageOptions>(StorageOptions.Section);
        services.AddSettings<TablesOptions>(TablesOptions.Section);
        services.AddSingleton<IValidateOptions<KeyLimits>, PostgresLimits>();
        services.AddSingleton(Open);
        services.AddSingleton<IUserStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
        services.AddSingleton<ITicketStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
    }

    /// <summary>Where an engine finds the database.</summary>
    public static string ConnectionString(IConfiguration configuration, string engine) =>
        configuration.GetConnectionString(StorageOptions.ConnectionName) ?? DefaultConnection(engine);

    private static IForeignSystemStore Open(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var options = new StoreOptions
        {
            ConnectionString = ConnectionString(provider.GetRequiredService<IConfiguration>(), storage.Provider),
            AcceptUnknownTables = provider.GetRequiredService<IOptions<TablesOptions>>().Value.AcceptUnknown,
            WriteQueueCapacity = storage.WriteQueue,
            MaxBatch = storage.MaxBatch,
            Readers = storage.Readers,
            Writers = storage.Writers,
            LockSeconds = storage.LockSeconds,
            StatementSeconds = storage.StatementSeconds,
        };
        var time = provider.GetRequiredService<TimeProvider>();
        return storage.Provider == StorageOptions.Postgres ? PostgresStore.Open(options, time) : SqliteStore.Open(options, time);
    }

    private static string DefaultConnection(string engine) => engine == StorageOptions.Sqlite
        ? "Data Source=foreign.db"
        : throw new StartupException($"ConnectionStrings:{StorageOptions.ConnectionName} is not set. Storage:Provider {engine} needs it, such as `Host=localhost;Database=foreign;Username=foreign;Password=…`.");
}
