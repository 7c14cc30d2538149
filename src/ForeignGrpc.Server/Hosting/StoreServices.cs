using ForeignGrpc.Store;
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
        services.AddSingleton<IForeignSystemStore>(Open);
        services.AddSingleton<IUserStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
        services.AddSingleton<ITicketStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
    }

    private static SqliteStore Open(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var options = new StoreOptions
        {
            ConnectionString = provider.GetRequiredService<IConfiguration>().GetConnectionString(StorageOptions.ConnectionName)
                ?? "Data Source=foreign.db",
            AcceptUnknownTables = provider.GetRequiredService<IOptions<TablesOptions>>().Value.AcceptUnknown,
            WriteQueueCapacity = storage.WriteQueue,
            MaxBatch = storage.MaxBatch,
            Readers = storage.Readers,
        };
        return SqliteStore.Open(options, provider.GetRequiredService<TimeProvider>());
    }
}
