using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ForeignGrpc.Benchmarks.Peers;

/// <summary>The service as most would write it first: a minimal API, EF Core, a pooled context and SaveChanges for each request.</summary>
internal static class EntityFrameworkPeer
{
    public static async Task RunAsync(string rest, string file)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(rest);
        builder.Services.AddDbContextPool<Keys>(options => options.UseSqlite($"Data Source={file}"));
        await using var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            // EF Core turns write-ahead logging on when it creates the file; SQLite's default is synchronous=FULL.
            await scope.ServiceProvider.GetRequiredService<Keys>().Database.EnsureCreatedAsync();
        }

        app.MapPut("/api/v1/ForeignApp/{application}/{device}/{identifier}/Key", SaveAsync);
        await app.RunAsync();
    }

    private static async Task<Ok<Key>> SaveAsync(string application, string device, string identifier, KeyBody body, Keys keys)
    {
        for (; ; keys.ChangeTracker.Clear())
        {
            try
            {
                var owner = await keys.Devices.SingleOrDefaultAsync(
                    d => d.Application == application && d.Name == device && d.Identifier == identifier);
                if (owner is null)
                {
                    keys.Add(owner = new Device { Application = application, Name = device, Identifier = identifier });
                }

                var key = owner.Id == 0 ? null : await keys.All.SingleOrDefaultAsync(
                    k => k.DeviceId == owner.Id && k.Table == body.TableName && k.RecordId == body.RecordId && k.Name == body.Key);
                if (key is null)
                {
                    keys.Add(key = new Key
                    {
                        Device = owner,
                        Table = body.TableName,
                        RecordId = body.RecordId,
                        Name = body.Key,
                        Created = DateTime.UtcNow,
                    });
                }

                (key.Value, key.Updated) = (body.Value, DateTime.UtcNow);
                await keys.SaveChangesAsync();
                return TypedResults.Ok(key);
            }
            catch (Exception e) when ((e as SqliteException ?? e.InnerException) is SqliteException { SqliteErrorCode: 5 or 19 })
            {
                // Another request wrote first: once more.
            }
        }
    }

    private sealed class Device
    {
        public int Id { get; set; }

        public required string Application { get; set; }

        public required string Name { get; set; }

        public required string Identifier { get; set; }
    }

    private sealed class Key
    {
        public int Id { get; set; }

        public int DeviceId { get; set; }

        [System.Text.Json.Serialization.JsonIgnore]
        public Device? Device { get; set; }

        public required string Table { get; set; }

        public int RecordId { get; set; }

        public required string Name { get; set; }

        public string Value { get; set; } = "";

        public DateTime Created { get; set; }

        public DateTime Updated { get; set; }
    }

    private sealed class Keys(DbContextOptions<Keys> options) : DbContext(options)
    {
        public DbSet<Device> Devices => Set<Device>();

        public DbSet<Key> All => Set<Key>();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Device>().HasIndex(d => new { d.Application, d.Name, d.Identifier }).IsUnique();
            modelBuilder.Entity<Key>().HasIndex(k => new { k.DeviceId, k.Table, k.RecordId, k.Name }).IsUnique();
        }
    }
}
