using System.Net;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>Reads that take longer than they may.</summary>
public sealed class LongReadTests : IAsyncLifetime
{
    private const string Key = "ForeignApp/erp/unit/1/Key/id/contact/1";

    private static readonly string Heavy = string.Join(" or ", Enumerable.Range(0, 1_000).Select(i => $"contains(keyValue,'y{i}')"));

    private readonly RunningServer _server =
        new() { Settings = ["--Storage:ReadSeconds=1", "--Storage:WaitingScans=1", "--Storage:Scanners=1"] };

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        var store = _server.Services.GetRequiredService<IForeignSystemStore>();
        await Task.WhenAll(Enumerable.Range(1, 4_000).Select(id => store.SaveKeyAsync(
            new KeyAddress(new DeviceAddress("erp", "unit", "1"), new RecordRef("contact", id), "id"), new string('x', 2_000),
            new Author("Ada"), default)));
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task ReadThatTakesTooLong_Is503_OrUnavailable_ThatSaysWhatToDo()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Grpc().GetAllAsync(new GetAllRequest { RowFilter = Heavy }));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal(
            "The query exceeded the limit of 1 s (setting Storage:ReadSeconds); ask for less, for example with a narrower $filter.",
            refusal.Status.Detail);
        var response = await _server.Rest().GetAsync($"ForeignApp?$filter={Uri.EscapeDataString(Heavy)}");
        Assert.Equal(refusal.Status.Detail, await response.ReadErrorAsync(HttpStatusCode.ServiceUnavailable));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await _server.Rest().GetAsync(Key)).StatusCode);
    }

    [Fact]
    public async Task ReadsThatWait_AreBoundedByCaller_AndHoldNobodyElseUp()
    {
        using var end = new CancellationTokenSource();
        var scans = Enumerable.Range(0, 6)
            .Select(_ => _server.Grpc(UserRole.Reader).GetAllAsync(
                new GetAllRequest { RowFilter = Heavy }, cancellationToken: end.Token).ResponseAsync).ToArray();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await (await Task.WhenAny(scans)));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains(
            "your limit of 1 waiting lists (setting Storage:WaitingScans)", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _server.Rest().GetAsync(Key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _server.Rest().GetAsync("ForeignApp?$top=1")).StatusCode);
        Assert.Contains(scans, scan => !scan.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<RpcException>(() => Task.WhenAll(scans));
    }
}
