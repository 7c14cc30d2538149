using Microsoft.Data.Sqlite;
using Npgsql;

namespace ForeignGrpc.Conformance;

/// <summary>Many keys under one application, on four devices: straight into the database, as so many saves would take minutes.</summary>
internal static class ManyKeys
{
    public const string App = "million";

    /// <summary>Adds them. Only look-ups by value use the hash, which is 0 here.</summary>
    /// <param name="server">The server.</param>
    /// <param name="keys">How many.</param>
    /// <param name="app">The application.</param>
    /// <param name="value">What each value begins with, before the number of its key.</param>
    public static async Task FillAsync(ServerProcess server, int keys, string app = App, string value = "value ")
    {
        using var rest = server.Rest();
        for (var device = 1; device <= 4; device++)
        {
            (await rest.PostAsync($"api/v1/ForeignApp/{app}/unit/{device}", null)).EnsureSuccessStatusCode();
        }

        if (server.PostgresDatabase is { } connectionString)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command =
                new NpgsqlCommand(Insert($"generate_series(1, {keys}) AS n (id)"), connection) { CommandTimeout = 300 };
            command.Parameters.AddWithValue("app", app);
            command.Parameters.AddWithValue("value", value);
            await command.ExecuteNonQueryAsync();
        }
        else
        {
            using var connection = new SqliteConnection($"Data Source={server.DatabaseFile};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {keys}) {Insert("n")}";
            command.Parameters.AddWithValue("@app", app);
            command.Parameters.AddWithValue("@value", value);
            command.ExecuteNonQuery();
        }
    }

    private static string Insert(string numbers) =>
        $"""
        INSERT INTO foreign_key
          (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        SELECT (SELECT min(d.id) FROM foreign_device d JOIN foreign_app a ON a.id = d.app_id WHERE a.name = @app) + n.id % 4,
          5, n.id, 'key', @value || n.id, 0, 0, 1, 0, 1 FROM {numbers}
        """;
}
