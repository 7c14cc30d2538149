using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>One request saves so many devices in its transaction and no more; an application may have any number.</summary>
public sealed class SavedDevicesTests : IAsyncLifetime
{
    private readonly RunningServer _server = new() { Settings = ["--Limits:SavedDevices=3"] };

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task TooManyDevicesInOneRequest_AreRefused_ByEveryDoor()
    {
        var rest = _server.Rest();
        var app = await SaveAsync(rest, "a", "b", "c");
        var id = (int)app["ForeignAppId"]!;
        await SaveAsync(rest, "d", "e", "f");

        Assert.Equal(HttpStatusCode.BadRequest, (await rest.PostAsJsonAsync("ForeignApp", Body("g", "h", "i", "j"))).StatusCode);
        var refused = await rest.PostAsJsonAsync("Agents/ForeignSystem/SaveForeignAppEntity", Body("g", "h", "i", "j"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Limits:SavedDevices", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var request = new SaveForeignAppEntityRequest { ForeignAppEntity = new ForeignAppEntity { ApplicationName = "wide" } };
        request.ForeignAppEntity.Devices.AddRange(Enumerable.Range(0, 4).Select(i => new ForeignDevice { DeviceName = $"g{i}" }));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _server.Grpc().SaveForeignAppEntityAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(rest, id, """{"Devices":[]}""")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(rest, id, """{"Name":"wider"}""")).StatusCode);
        Assert.Equal(6, (await rest.GetFromJsonAsync<JsonObject>($"ForeignApp/{id}"))!["Devices"]!.AsArray().Count);
    }

    private static object Body(params string[] devices) => new { Name = "wide", Devices = devices.Select(name => new { Name = name }) };

    private static async Task<JsonObject> SaveAsync(HttpClient rest, params string[] devices)
    {
        var response = await rest.PostAsJsonAsync("ForeignApp", Body(devices));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static Task<HttpResponseMessage> PatchAsync(HttpClient rest, int id, string changes) =>
        rest.PatchAsync($"ForeignApp/{id}", new StringContent(changes, Encoding.UTF8, "application/merge-patch+json"));
}
