using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using ForeignSystem.V1;
using Grpc.Core;
using Xunit.Abstractions;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Saves, reads and deletes of two hot keys by sixteen callers at once, over REST and gRPC mixed: each history must be linearizable.
/// FOREIGNGRPC_TEST_HISTORIES says how many, 100 by default.
/// </summary>
public abstract class LinearizabilityTests(Service service, ITestOutputHelper output)
{
    private const int Callers = 16;
    private const int Keys = 2;
    private const int CallsEach = 4;

    private static readonly int Histories = Tool.Setting("FOREIGNGRPC_TEST_HISTORIES", 100);

    private readonly Service _service = service.OrSkip();

    [SkippableFact]
    public async Task EveryHistory_IsLinearizable()
    {
        var app = $"linear {Guid.NewGuid():N}";
        using var rest = _service.Rest(Callers);
        var overlapping = 0;
        for (var history = 0; history < Histories; history++)
        {
            var calls = Enumerable.Range(0, Keys).Select(_ => new ConcurrentBag<History.Call>()).ToArray();
            var first = (history * Keys) + 1;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (var call = 0; call < CallsEach; call++)
                {
                    var key = Random.Shared.Next(Keys);
                    calls[key].Add(await CallAsync(rest, app, first + key, (caller * CallsEach) + call));
                }
            })));

            foreach (var key in calls.Select(key => key.OrderBy(call => call.Begin).ToList()))
            {
                overlapping += key.Zip(key.Skip(1), (one, next) => next.Begin < one.End ? 1 : 0).Sum();
                Assert.True(new History(key).IsLinearizable(), $"History {history} has no order: {string.Join("; ", key)}");
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Histories} histories of {Callers * CallsEach} calls by {Callers} callers on {Keys} keys, "
            + $"{overlapping} of {Histories * Callers * CallsEach} calls begun while the one before was under way: all linearizable"));
        Assert.True(overlapping > Histories * Callers);
    }

    private async Task<History.Call> CallAsync(HttpClient rest, string app, int record, int value)
    {
        var (agent, metadata) = _service.Grpc();
        var path = $"api/v1/ForeignApp/{app}/unit/1/Key";
        var (what, overRest, begin) = (Random.Shared.Next(10), Random.Shared.Next(2) == 0, Stopwatch.GetTimestamp());
        History.Call Done(bool isRead, int? seen) => new(begin, Stopwatch.GetTimestamp(), isRead, seen);
        switch (what)
        {
            case < 4 when overRest:
                using (var saved = await rest.PutAsJsonAsync(
                    path, new { Key = "k", Value = $"{value}", TableName = "contact", RecordId = record }))
                {
                    Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
                    return Done(isRead: false, value);
                }

            case < 4:
                await agent.SaveForeignKeyAsync(
                    new SaveForeignKeyRequest
                    {
                        ApplicationName = app,
                        DeviceName = "unit",
                        DeviceIdentifier = "1",
                        ForeignKey = new ForeignKey { KeyName = "k", KeyValue = $"{value}", TableName = "contact", RecordId = record },
                    },
                    metadata);
                return Done(isRead: false, value);
            case < 5 when overRest:
                using (var deleted = await rest.DeleteAsync($"{path}/k/contact/{record}"))
                {
                    Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
                    return Done(isRead: false, null);
                }

            case < 5:
                await agent.DeleteForeignKeyOnNameAsync(
                    new DeleteForeignKeyOnNameRequest
                    {
                        ApplicationName = app,
                        DeviceName = "unit",
                        DeviceIdentifier = "1",
                        KeyName = "k",
                        TableName = "contact",
                        RecordId = record
                    }, metadata);
                return Done(isRead: false, null);
            default:
                return Done(
                    isRead: true, overRest
                        ? await ReadOverRestAsync(rest, $"{path}/k/contact/{record}/Value")
                        : await ReadOverGrpcAsync(app, record));
        }
    }

    private static async Task<int?> ReadOverRestAsync(HttpClient rest, string path)
    {
        using var read = await rest.GetAsync(path);
        return read.StatusCode == HttpStatusCode.NotFound
            ? null
            : int.Parse((await read.Content.ReadFromJsonAsync<string>())!, CultureInfo.InvariantCulture);
    }

    private async Task<int?> ReadOverGrpcAsync(string app, int record)
    {
        var (agent, metadata) = _service.Grpc();
        try
        {
            var read = await agent.GetKeyValueOnDeviceIdentifierAsync(
                new GetKeyValueOnDeviceIdentifierRequest
                {
                    ApplicationName = app,
                    DeviceName = "unit",
                    DeviceIdentifier = "1",
                    KeyName = "k",
                    TableName = "contact",
                    RecordId = record
                }, metadata);
            return int.Parse(read.KeyValue, CultureInfo.InvariantCulture);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public sealed class OnSqlite(ServerProcess server, ITestOutputHelper output) : LinearizabilityTests(server, output),
        IClassFixture<ServerProcess>;

    /// <inheritdoc/>
    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers servers, ITestOutputHelper output) : LinearizabilityTests(servers, output);
}
