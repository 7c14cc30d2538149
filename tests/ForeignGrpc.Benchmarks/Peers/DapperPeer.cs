using Dapper;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Benchmarks.Peers;

/// <summary>
/// The service without an object mapper's ceremony: a minimal API, Dapper, a pooled connection and one upsert for each request.
/// </summary>
internal static class DapperPeer
{
    private const string Schema =
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS device (
          id INTEGER PRIMARY KEY, application TEXT NOT NULL, name TEXT NOT NULL, identifier TEXT NOT NULL,
          UNIQUE (application, name, identifier));
        CREATE TABLE IF NOT EXISTS key (
          id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL REFERENCES device (id), table_name TEXT NOT NULL, record_id INTEGER NOT NULL,
          name TEXT NOT NULL, value TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
          UNIQUE (device_id, table_name, record_id, name));
        """;

    private const string Save =
        """
        INSERT INTO device (application, name, identifier) VALUES (@application, @device, @identifier) ON CONFLICT DO NOTHING;
        INSERT INTO key (device_id, table_name, record_id, name, value, created, updated)
        SELECT id, @table, @record, @key, @value, @now, @now FROM device
        WHERE application = @application AND name = @device AND identifier = @identifier
        ON CONFLICT (device_id, table_name, record_id, name) DO UPDATE SET value = excluded.value, updated = excluded.updated
        RETURNING name, value, record_id, table_name, created, updated;
        """;

    public static async Task RunAsync(string rest, string file)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(rest);
        await using var app = builder.Build();
        var connectionString = $"Data Source={file}";
        await using (var first = new SqliteConnection(connectionString))
        {
            await first.ExecuteAsync(Schema);
        }

        app.MapPut(
            "/api/v1/ForeignApp/{application}/{device}/{identifier}/Key",
            async (string application, string device, string identifier, KeyBody body) =>
            {
                await using var connection = new SqliteConnection(connectionString);
                await connection.OpenAsync();
                await using var transaction = connection.BeginTransaction(deferred: false);
                var saved = await connection.QuerySingleAsync<object>(
                    Save,
                    new
                    {
                        application,
                        device,
                        identifier,
                        table = body.TableName,
                        record = body.RecordId,
                        key = body.Key,
                        value = body.Value,
                        now = DateTime.UtcNow
                    },
                    transaction);
                await transaction.CommitAsync();
                return saved;
            });
        await app.RunAsync();
    }
}
