using System.Net;
using System.Net.Http.Json;
using ForeignGrpc.Testing;
using ForeignSystem.V1;
using Grpc.Core;
using Npgsql;

namespace ForeignGrpc.Conformance;

/// <summary>A server whose PostgreSQL database others use too, directly or through pgbouncer.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private const int Locked = 7;

    private readonly ServerProcess _server = new() { Settings = { ["Storage__LockSeconds"] = "1" } };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync();

    [SkippableFact]
    public async Task LockedRow_HoldsUpItsOwnSavesOnly_WhichAreToldToTryAgain()
    {
        var server = await StartAsync(await NewDatabaseAsync());
        await SaveOverRestAsync(server, Locked);
        await using var others = new NpgsqlConnection(server.PostgresDatabase);
        await others.OpenAsync();
        var transaction = await LockAsync(others, $"SELECT 1 FROM foreign_key WHERE record_id = {Locked} FOR UPDATE");

        var rest = SaveOverRestAsync(server, Locked);
        var grpc = Assert.ThrowsAsync<RpcException>(() => SaveOverGrpcAsync(server, Locked));
        var saves = await Task.WhenAll(Enumerable.Range(100, 200).Select(id => SaveOverRestAsync(server, id)));

        Assert.All(saves, save => Assert.Equal(HttpStatusCode.OK, save.StatusCode));
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync(server));
        var refused = await rest;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.RetryAfter?.Delta > TimeSpan.Zero));
        Assert.Contains("holds a lock on data that this call changes", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unavailable, (await grpc).StatusCode);
        Assert.Contains(
            "RetryInfo", System.Text.Encoding.UTF8.GetString((await grpc).Trailers.GetValueBytes("grpc-status-details-bin")!),
            StringComparison.Ordinal);

        await transaction.RollbackAsync();
        Assert.Equal(HttpStatusCode.OK, (await SaveOverRestAsync(server, Locked)).StatusCode);
    }

    [SkippableFact]
    public async Task LockedTable_MakesTheServerNotReady_UntilItIsReleased()
    {
        var server = await StartAsync(await NewDatabaseAsync());
        await using var others = new NpgsqlConnection(server.PostgresDatabase);
        await others.OpenAsync();
        var transaction = await LockAsync(others, "LOCK TABLE foreign_key IN EXCLUSIVE MODE");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(server));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SaveOverRestAsync(server, 1)).StatusCode);

        await transaction.RollbackAsync();
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync(server));
        Assert.Equal(HttpStatusCode.OK, (await SaveOverRestAsync(server, 1)).StatusCode);
    }

    [SkippableTheory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task BehindPgBouncer_WhatIsSavedIsRead(string mode)
    {
        PgBouncer.SkipIfMissing();
        await using var bouncer = await PgBouncer.StartAsync(await PostgresCluster.Shared, mode, mode == "session" ? 50 : 3);
        var server = await StartAsync(bouncer.Via(await NewDatabaseAsync()));

        await Task.WhenAll(Enumerable.Range(1, 200).Select(async id =>
        {
            Assert.Equal(HttpStatusCode.OK, (await SaveOverRestAsync(server, id)).StatusCode);
            await SaveOverGrpcAsync(server, id + 1_000);
            var (agent, metadata) = server.Grpc();
            foreach (var record in new[] { id, id + 1_000 })
            {
                var request = new GetKeyRequest
                {
                    ApplicationName = "shared",
                    DeviceName = "unit",
                    KeyName = "id",
                    TableName = "contact",
                    RecordId = record,
                };
                Assert.Equal($"value {record}", (await agent.GetKeyAsync(request, metadata)).KeyValue);
            }
        }));

        Assert.DoesNotContain("An internal error occurred", server.Log, StringComparison.Ordinal);
    }

    private static async Task<string> NewDatabaseAsync()
    {
        PostgresCluster.SkipIfMissing();
        return await (await PostgresCluster.Shared).CreateDatabaseAsync();
    }

    private async Task<ServerProcess> StartAsync(string connectionString)
    {
        _server.UsePostgres(connectionString);
        await _server.InitializeAsync();
        return _server;
    }

    private static async Task<NpgsqlTransaction> LockAsync(NpgsqlConnection connection, string statement)
    {
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    private static async Task<HttpStatusCode> ReadinessAsync(Service server)
    {
        using var rest = server.Rest();
        return (await rest.GetAsync("health/ready")).StatusCode;
    }

    private static async Task<HttpResponseMessage> SaveOverRestAsync(Service server, int record)
    {
        using var rest = server.Rest();
        return await rest.PutAsJsonAsync(
            "api/v1/ForeignApp/shared/unit/1/Key", new { Key = "id", Value = $"value {record}", TableName = "contact", RecordId = record });
    }

    private static async Task SaveOverGrpcAsync(Service server, int record)
    {
        var (agent, metadata) = server.Grpc();
        await agent.SaveForeignKeyAsync(
            new SaveForeignKeyRequest
            {
                ApplicationName = "shared",
                DeviceName = "unit",
                DeviceIdentifier = "1",
                ForeignKey = new ForeignKey { KeyName = "id", KeyValue = $"value {record}", TableName = "contact", RecordId = record },
            },
            metadata);
    }
}
