using System.Diagnostics;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using Npgsql;

namespace ForeignGrpc.Benchmarks;

/// <summary>Saves of distinct records in PostgreSQL from so many callers: `insert` by one INSERT … ON CONFLICT of all that
/// the store keeps of a key, its device known already, and a commit for each, prepared, on a connection of its own for each caller; `bare`
/// by the same into a table without the index of values and without a device to belong to; `store` by this project's store, without a
/// server around it.</summary>
internal static class PostgresSaves
{
    private const string Insert =
        """
        INSERT INTO foreign_key (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        VALUES ((SELECT id FROM foreign_device LIMIT 1), 5, $1, 'k', $2, $3, $4, 1, $4, 1)
        ON CONFLICT (device_id, table_id, record_id, name) DO UPDATE
        SET value = excluded.value, value_hash = excluded.value_hash, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        """;

    private const string InsertBare =
        """
        INSERT INTO bare_key (device_id, table_id, record_id, name, value, value_hash, created_at, created_by, updated_at, updated_by)
        VALUES (1, 5, $1, 'k', $2, $3, $4, 1, $4, 1)
        ON CONFLICT (device_id, table_id, record_id, name) DO UPDATE
        SET value = excluded.value, value_hash = excluded.value_hash, updated_at = excluded.updated_at, updated_by = excluded.updated_by
        """;

    private const string CreateBare =
        """
        CREATE TABLE IF NOT EXISTS bare_key (
          device_id integer, table_id integer, record_id integer, name text COLLATE "C", value text COLLATE "C", value_hash integer,
          created_at bigint, created_by integer, updated_at bigint, updated_by integer,
          PRIMARY KEY (device_id, table_id, record_id, name)
        )
        """;

    public static async Task RunAsync(string how, string connectionString, int callers, int seconds)
    {
        await using var store = PostgresStore.Open(new StoreOptions { ConnectionString = connectionString }, TimeProvider.System);
        await SaveAsync(store, 0);
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var create = source.CreateCommand(CreateBare))
        {
            await create.ExecuteNonQueryAsync();
        }

        var record = Random.Shared.Next(1_000_000_000);
        var (clock, end) = (Stopwatch.StartNew(), TimeSpan.FromSeconds(seconds));
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            await using var connection = how != "store" ? await source.OpenConnectionAsync() : null;
            await using var command = new NpgsqlCommand(how == "bare" ? InsertBare : Insert, connection)
            {
                Parameters =
                    { new NpgsqlParameter<int>(), new NpgsqlParameter<string>(), new NpgsqlParameter<int>(), new NpgsqlParameter<long>() },
            };
            if (connection is not null)
            {
                await command.PrepareAsync();
            }

            var mine = new List<double>();
            while (clock.Elapsed < end)
            {
                var start = clock.Elapsed;
                var id = Interlocked.Increment(ref record);
                if (connection is null)
                {
                    await SaveAsync(store, id);
                }
                else
                {
                    ((NpgsqlParameter<int>)command.Parameters[0]).TypedValue = id;
                    ((NpgsqlParameter<string>)command.Parameters[1]).TypedValue = $"v{id}";
                    ((NpgsqlParameter<int>)command.Parameters[2]).TypedValue = unchecked(id * 0x61C88647);
                    ((NpgsqlParameter<long>)command.Parameters[3]).TypedValue = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000;
                    await command.ExecuteNonQueryAsync();
                }

                mine.Add((clock.Elapsed - start).TotalMilliseconds);
            }

            return mine;
        })));
        Report.Print(times.SelectMany(mine => mine), clock.Elapsed);
    }

    private static Task<StoredKey> SaveAsync(PostgresStore store, int id) => store.SaveKeyAsync(
        new KeyAddress(new DeviceAddress("erp", "dev", "id1"), new RecordRef("contact", id), "k"), $"v{id}",
        new Author("Terje Development"), CancellationToken.None);
}
