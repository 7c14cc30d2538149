using System.Net;
using System.Text;
using ForeignGrpc.Testing;
using Npgsql;

namespace ForeignGrpc.Conformance;

/// <summary>An outage of the database is two lines of the log, however many calls and probes it meets.</summary>
public sealed class OutageLogTests : IAsyncLifetime
{
    private const string Key = "api/v1/ForeignApp/a/b/c/Key";
    private const string Begins = "An outage of the database begins.";
    private const string Ends = "The database serves again";

    private readonly ServerProcess _server = new();
    private PostgresCluster? _cluster;

    public async Task InitializeAsync()
    {
        if (PostgresCluster.Missing is null)
        {
            _cluster = await PostgresCluster.CreateAsync();
            _server.UsePostgres(await _cluster.CreateDatabaseAsync());
        }
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DatabaseThatGoesAndComesBack_IsALineEach_AndADebugLineForEachCall(bool debug)
    {
        PostgresCluster.SkipIfMissing();
        _server.Settings["Logging__LogLevel__ForeignGrpc.Server.Calls"] = debug ? "Debug" : "Information";

        // So that calls are authenticated by the database each time.
        _server.Settings["Auth__RememberSeconds"] = "0";
        await _server.InitializeAsync();
        using var rest = _server.Rest();
        await SaveAsync(rest, HttpStatusCode.OK);
        for (var round = 1; round <= 2; round++)
        {
            var before = Lines().Length;
            await _cluster!.StopImmediatelyAsync();
            await UntilAsync(async () => await SaveAsync(rest) == HttpStatusCode.ServiceUnavailable);
            for (var i = 0; i < 20; i++)
            {
                await SaveAsync(rest, HttpStatusCode.ServiceUnavailable);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.GetAsync("health/ready")).StatusCode);
            }

            await UntilAsync(() => Task.FromResult(Lines().Count(line => line.Contains(Begins, StringComparison.Ordinal)) == round));
            await _cluster.StartAsync();
            await UntilAsync(() => Task.FromResult(Lines().Count(line => line.Contains(Ends, StringComparison.Ordinal)) == round));
            await SaveAsync(rest, HttpStatusCode.OK);
            var lines = Lines()[before..];
            if (debug)
            {
                Assert.True(lines.Count(line => line.Contains("failed with 503 during an outage", StringComparison.Ordinal)) >= 21);
            }
            else
            {
                Assert.Equal(2, lines.Length);
            }
        }

        Assert.DoesNotContain("   at ", _server.Log, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Lock_IsNoOutage()
    {
        PostgresCluster.SkipIfMissing();
        _server.Settings["Storage__LockSeconds"] = "1";
        await _server.InitializeAsync();
        using var rest = _server.Rest();
        await SaveAsync(rest, HttpStatusCode.OK);
        await using var connection = new NpgsqlConnection(_server.PostgresDatabase);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE foreign_key IN EXCLUSIVE MODE", connection, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        await SaveAsync(rest, HttpStatusCode.ServiceUnavailable);
        await transaction.RollbackAsync();
        await _server.StopAsync();

        Assert.DoesNotContain(Begins, _server.Log, StringComparison.Ordinal);
        Assert.Single(Lines(), line => line.Contains("failed with 503", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> SaveAsync(HttpClient rest)
    {
        using var response = await rest.PutAsync(Key, new StringContent("""{"Key":"k","Value":"v"}""", Encoding.UTF8, "application/json"));
        return response.StatusCode;
    }

    private static async Task SaveAsync(HttpClient rest, HttpStatusCode expected) => Assert.Equal(expected, await SaveAsync(rest));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private string[] Lines() => _server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
