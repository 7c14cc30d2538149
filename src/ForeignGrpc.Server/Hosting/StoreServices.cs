using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sqlite;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Opens the store that the settings name.</summary>
internal static partial class StoreServices
{
    /// <summary>Adds the store.</summary>
    /// <param name="services">The services.</param>
    /// <param name="prepares">Whether to create a missing database and to migrate the schema to the newest version.</param>
    /// <param name="isAlone">Whether this program is the only server of a SQLite file.</param>
    public static void AddStore(this IServiceCollection services, bool prepares = true, bool isAlone = true)
    {
        services.AddSettings<StorageOptions>(StorageOptions.Section);
        services.AddSettings<TablesOptions>(TablesOptions.Section);
        services.AddSingleton<IValidateOptions<KeyLimits>, PostgresLimits>();
        services.AddSingleton<IValidateOptions<StorageOptions>, SqliteConnectionCheck>();
        services.AddSingleton(provider => Open(provider, prepares, isAlone));
        services.AddSingleton<IUserStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
        services.AddSingleton<ITicketStore>(provider => provider.GetRequiredService<IForeignSystemStore>());
    }

    /// <summary>The connection string for an engine, from the settings or by default.</summary>
    /// <exception cref="OperatorException">The setting is missing and the engine has no default.</exception>
    public static string ConnectionString(IConfiguration configuration, string engine) =>
        configuration.GetConnectionString(StorageOptions.ConnectionName) ?? DefaultConnection(engine);

    /// <summary>The name of the engine in the settings.</summary>
    public static string Provider(IConfiguration configuration) =>
        configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Provider)}"] ?? StorageOptions.Sqlite;

    /// <summary>A description of the database for operators: the full path of the file, or the database and its host.</summary>
    public static string Describe(IConfiguration configuration) =>
        Provider(configuration) is var engine && engine == StorageOptions.Postgres
        ? PostgresStore.Describe(ConnectionString(configuration, engine))
        : SqliteStore.Describe(ConnectionString(configuration, engine));

    private static IForeignSystemStore Open(IServiceProvider provider, bool prepares, bool isAlone)
    {
        var log = provider.GetRequiredService<ILogger<IForeignSystemStore>>();
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        var tables = provider.GetRequiredService<IOptions<TablesOptions>>().Value;
        var options = new StoreOptions
        {
            ConnectionString = ConnectionString(provider.GetRequiredService<IConfiguration>(), storage.Provider),
            Prepares = prepares,
            IsAlone = isAlone,
            Warn = warning => Warn(log, warning),
            AcceptUnknownTables = tables.AcceptUnknown,
            MostRegisteredTables = tables.MostRegistered,
            MostRegisteredTablesPerWriter = tables.MostRegisteredPerWriter,
            WriteQueueCapacity = storage.WriteQueue,
            MaxBatch = storage.MaxBatch,
            Readers = storage.Readers,
            Scanners = storage.Scanners,
            WaitingScans = storage.WaitingScans,
            ReadTime = TimeSpan.FromSeconds(storage.ReadSeconds),
            Writers = storage.Writers,
            LockSeconds = storage.LockSeconds,
            StatementSeconds = storage.StatementSeconds,
        };
        var time = provider.GetRequiredService<TimeProvider>();
        return storage.Provider == StorageOptions.Postgres ? PostgresStore.Open(options, time) : SqliteStore.Open(options, time);
    }

    [LoggerMessage(4003, LogLevel.Warning, "{Warning}")]
    private static partial void Warn(ILogger log, string warning);

    private static string DefaultConnection(string engine) => engine == StorageOptions.Sqlite
        ? "Data Source=foreign.db"
        : throw new OperatorException(
            $"ConnectionStrings:{StorageOptions.ConnectionName} is not set. Storage:Provider {engine} needs it, "
            + "such as `Host=localhost;Database=foreign;Username=foreign;Password=…`.");
}
