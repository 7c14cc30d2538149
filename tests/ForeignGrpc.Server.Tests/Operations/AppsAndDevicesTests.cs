using System.Globalization;
using System.Net;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>Applications and devices over REST, agents and gRPC.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class AppsAndDevicesTests(RunningServer server)
{
    private static readonly string[] AppProperties =
        ["ForeignAppId", "Name", "CreatedDate", "UpdatedDate", "CreatedBy", "UpdatedBy", "Devices", "TableRight", "FieldProperties"];

    private static readonly string[] DeviceProperties =
    [
        "ForeignDeviceId", "Name", "CreatedDate", "UpdatedDate", "AssociateFullName", "CreatedBy", "UpdatedBy", "DeviceIdentifier",
        "ForeignAppId", "TableRight", "FieldProperties",
    ];

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"app {Guid.NewGuid():N}";

    [Fact]
    public async Task DefaultApp_IsFilledInButNotStored()
    {
        foreach (var response in new[] { await _rest.GetAsync("ForeignApp/default"), await AgentAsync(
            "CreateDefaultForeignAppEntity", "null") })
        {
            var app = (await response.ReadAsync())!;
            Assert.Equal(AppProperties, app.AsObject().Select(p => p.Key));
            Assert.Equal(0, (int)app["ForeignAppId"]!);
            Assert.Equal("", (string?)app["Name"]);
            Assert.Equal("The Writer", (string?)app["CreatedBy"]!["FullName"]);
            Assert.Empty(app["Devices"]!.AsArray());
        }
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task AppByName_IsCreatedOnce(string method)
    {
        var first = (await (await SendAsync(method, $"ForeignApp/{_app}")).ReadAsync())!;
        var second = (await (await SendAsync(method, $"ForeignApp/{_app}")).ReadAsync())!;

        Assert.Equal(AppProperties, first.AsObject().Select(p => p.Key));
        Assert.Equal(_app, (string?)first["Name"]);
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Equal(first.ToJsonString(), (await (await _rest.GetAsync($"ForeignApp/{_app}")).ReadAsync())!.ToJsonString());
    }

    [Fact]
    public async Task AppById_HasLinks_AndStandsBesideAppByName()
    {
        var id = await CreateAsync();

        var byId = (await (await _rest.GetAsync($"ForeignApp/{id}")).ReadAsync())!;
        var byName = (await (await _rest.GetAsync($"ForeignApp/{_app}")).ReadAsync())!;

        Assert.Equal([.. AppProperties, "_Links"], byId.AsObject().Select(p => p.Key));
        Assert.Equal($"{server.RestUri}api/v1/ForeignApp/{id}", (string?)byId["_Links"]!["Self"]);
        Assert.Equal($"{server.RestUri}api/v1/ForeignApp", (string?)byId["_Links"]!["Archive"]);
        Assert.Equal(AppProperties, byName.AsObject().Select(p => p.Key));
        Assert.Equal(id, (int)byName["ForeignAppId"]!);
        Assert.Equal("""{"Mask":"FULL","Reason":""}""", byId["TableRight"]!.ToJsonString());
        Assert.Equal("Update", (string?)byId["FieldProperties"]!["Name"]!["FieldRight"]!["Mask"]);
        await (await _rest.GetAsync($"ForeignApp/{int.MaxValue}")).ReadErrorAsync(HttpStatusCode.NotFound);
        await (await _rest.GetAsync("ForeignApp/2147483648")).ReadErrorAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PostedApp_TakesItsDevicesAlong_AndPutUpdatesIt()
    {
        var posted = await (await _rest.PostAsync(
            "ForeignApp", Http.Json(
                $$"""{"name":"{{_app}}","devices":[{"name":"one","deviceIdentifier":"1"},{"Name":"two"}]}"""))).ReadAsync();
        Assert.Equal([.. AppProperties, "_Links"], posted!.AsObject().Select(p => p.Key));
        var devices = posted["Devices"]!.AsArray();
        Assert.Equal(["one/1", "two/"], devices.Select(d => $"{d!["Name"]}/{d["DeviceIdentifier"]}"));
        Assert.All(devices, d => Assert.Equal(DeviceProperties, d!.AsObject().Select(p => p.Key)));
        Assert.All(devices, d => Assert.Null(d!["TableRight"]));
        Assert.All(devices, d => Assert.Empty(d!["FieldProperties"]!.AsObject()));

        posted["Name"] = _app + " renamed";
        posted["Devices"]![0]!["Name"] = "uno";
        var put = await (await _rest.PutAsync($"ForeignApp/{posted["ForeignAppId"]}", Http.Json(posted.ToJsonString()))).ReadAsync();

        Assert.Equal(_app + " renamed", (string?)put!["Name"]);
        Assert.Equal(["uno/1", "two/"], put["Devices"]!.AsArray().Select(d => $"{d!["Name"]}/{d["DeviceIdentifier"]}"));
        Assert.Equal((string?)posted["CreatedDate"], (string?)put["CreatedDate"]);
    }

    [Fact]
    public async Task PutOfAnApp_IsRefusedByName_AndChangesNothing()
    {
        var id = await CreateAsync();
        await _rest.PutAsync($"ForeignApp/{_app} other", null);

        Assert.Contains("Name must not be blank", await (await _rest.PutAsync($"ForeignApp/{id}", null))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains(
            "Devices[0].Name is required",
            await (await PutAsync(id, $$"""{"Name":"{{_app}}","Devices":[{}]}""")).ReadErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
        Assert.Contains(
            "Devices[0].ForeignDeviceId must be a 32-bit integer",
            await (await PutAsync(id, """{"Name":"x","Devices":[{"ForeignDeviceId":"a"}]}""")).ReadErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
        await (await PutAsync(id, $$"""{"Name":"{{_app}} other"}""")).ReadErrorAsync(HttpStatusCode.Conflict);
        await (await PutAsync(int.MaxValue, """{"Name":"x"}""")).ReadErrorAsync(HttpStatusCode.NotFound);
        await (await AgentAsync("SaveForeignAppEntity", $$"""{"ForeignAppId":{{int.MaxValue}},"Name":"x"}""")).ReadErrorAsync(
            HttpStatusCode.NotFound);
        Assert.Equal(_app, (string?)(await (await _rest.GetAsync($"ForeignApp/{id}")).ReadAsync())!["Name"]);
    }

    [Fact]
    public async Task Select_BlanksWhatItDoesNotName()
    {
        var id = await CreateAsync();

        var app = (await (await _rest.GetAsync($"ForeignApp/{id}?$select=name,%20ForeignAppId,unknown")).ReadAsync())!;

        Assert.Equal([.. AppProperties, "_Links"], app.AsObject().Select(p => p.Key));
        Assert.Equal(["ForeignAppId", "Name", "_Links"], app.AsObject().Where(p => p.Value is not null).Select(p => p.Key));
        await AgentAsync("AddDeviceByIdentifier", $$"""{"ApplicationName":"{{_app}}","DeviceName":"d"}""");
        var devices =
            (await (await AgentAsync("GetApplicationDevices?$select=Name", $$"""{"ApplicationName":"{{_app}}"}""")).ReadAsync())!.AsArray();
        Assert.Equal(["Name"], Assert.Single(devices)!.AsObject().Where(p => p.Value is not null).Select(p => p.Key));
    }

    [Fact]
    public async Task ConditionalRequests_GoByWholeSeconds()
    {
        var id = await CreateAsync();
        var get = await _rest.GetAsync($"ForeignApp/{id}");
        var modified = get.Content.Headers.LastModified!.Value;
        var updated = DateTimeOffset.Parse((string)(await get.ReadAsync())!["UpdatedDate"]!, CultureInfo.InvariantCulture);
        Assert.Equal(updated.ToUnixTimeSeconds(), modified.ToUnixTimeSeconds());

        var unmodified = await SendAsync("GET", $"ForeignApp/{id}", ("If-Modified-Since", modified));
        Assert.Equal(HttpStatusCode.NotModified, unmodified.StatusCode);
        Assert.Empty(await unmodified.Content.ReadAsByteArrayAsync());
        Assert.Equal(
            HttpStatusCode.OK, (await SendAsync("GET", $"ForeignApp/{id}", ("If-Modified-Since", modified.AddSeconds(-1)))).StatusCode);

        var early = ("If-Unmodified-Since", modified.AddSeconds(-1));
        await (await SendAsync("PUT", $"ForeignApp/{id}", early, $$"""{"Name":"x"}""")).ReadErrorAsync(HttpStatusCode.PreconditionFailed);
        await (await SendAsync("DELETE", $"ForeignApp/{id}", early)).ReadErrorAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(_app, (string?)(await (await _rest.GetAsync($"ForeignApp/{id}")).ReadAsync())!["Name"]);
        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Grpc().DeleteForeignAppEntityAsync(new DeleteForeignAppEntityRequest
            {
                ForeignAppEntityId = id,
                UnmodifiedSince = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(early.Item2),
            }));
        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal(
            HttpStatusCode.NoContent, (await SendAsync("DELETE", $"ForeignApp/{id}", ("If-Unmodified-Since", modified))).StatusCode);
        await (await _rest.GetAsync($"ForeignApp/{id}")).ReadErrorAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("application/json", """[{"op":"replace","path":"/name","value":"@ new"}]""", "@ new", "one/1 two/2")]
    [InlineData(
        "application/json-patch+json",
        """[{"op":"test","path":"Name","value":"@"},{"op":"ADD","path":"NAME","value":"@ new"}]""", "@ new", "one/1 two/2")]
    [InlineData("application/merge-patch+json", """{"name":"@ new","createdBy":null}""", "@ new", "one/1 two/2")]
    [InlineData("application/json", """[{"op":"add","path":"/devices/-","value":{"name":"three"}}]""", "@", "one/1 two/2 three/")]
    [InlineData(
        "application/json", """[{"op":"add","path":"/devices/0","value":{"name":"three","DeviceIdentifier":"3"}}]""",
        "@", "one/1 two/2 three/3")]
    [InlineData("application/json", """[{"op":"replace","path":"/devices/1/deviceIdentifier","value":""}]""", "@", "one/1 two/")]
    [InlineData(
        "application/json", """[{"op":"test","path":"/devices/0/Name","value":"one"},{"op":"remove","path":"/Devices/0"}]""", "@", "two/2")]
    [InlineData("application/json", """[{"op":"replace","path":"/CreatedDate","value":"2001-01-01T00:00:00Z"}]""", "@", "one/1 two/2")]
    [InlineData("application/json", """{"devices":{"name":"three"}}""", "@", "one/1 two/2 three/")]
    [InlineData("application/json", """{"devices":[{"name":"three"}]}""", "@", "three/")]
    [InlineData("application/json", "[]", "@", "one/1 two/2")]
    public async Task Patch_ChangesWhatItSays(string type, string patch, string name, string devices)
    {
        var id = await CreateWithDevicesAsync();

        var response = await PatchAsync(id, type, patch.Replace("@", _app, StringComparison.Ordinal));

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var app = (await response.ReadAsync())!;
        Assert.Equal([.. AppProperties, "_Links"], app.AsObject().Select(p => p.Key));
        Assert.Equal(name.Replace("@", _app, StringComparison.Ordinal), (string?)app["Name"]);
        Assert.Equal(devices, string.Join(' ', app["Devices"]!.AsArray().Select(d => $"{d!["Name"]}/{d["DeviceIdentifier"]}")));
        Assert.DoesNotContain("2001", (string?)app["CreatedDate"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        HttpStatusCode.Conflict, """[{"op":"replace","path":"/name","value":"x"},{"op":"test","path":"/name","value":"y"}]""",
        "test of '/name' failed")]
    [InlineData(
        HttpStatusCode.BadRequest, """[{"op":"replace","path":"/name","value":"x"},{"op":"move","path":"/name"}]""",
        "[1].op must be add")]
    [InlineData(
        HttpStatusCode.BadRequest, """[{"op":"replace","path":"/nothing","value":"x"}]""",
        "Changes has only unknown properties; ForeignAppEntity has")]
    [InlineData(HttpStatusCode.BadRequest, """[{"op":"remove","path":"/devices/7"}]""", "[0].path '/devices/7' does not exist")]
    [InlineData(HttpStatusCode.BadRequest, """[{"op":"replace","path":"/name","value":[]}]""", "[0].value must be a string")]
    [InlineData(HttpStatusCode.BadRequest, """[{"op":"replace","path":"/name"}]""", "must not be blank")]
    [InlineData(HttpStatusCode.BadRequest, """[{"op":"add","path":"/devices/-","value":"text"}]""", "[0].value must be an object")]
    [InlineData(HttpStatusCode.BadRequest, """[{"op":5,"path":"/name"}]""", "[0].op must be add")]
    [InlineData(HttpStatusCode.BadRequest, "\"text\"", "must be an array")]
    [InlineData(HttpStatusCode.BadRequest, """{"name":null}""", "must not be blank")]
    public async Task PatchThatCannotBe_ChangesNothing(HttpStatusCode status, string patch, string because)
    {
        var id = await CreateWithDevicesAsync();
        var before = await (await _rest.GetAsync($"ForeignApp/{id}")).Content.ReadAsStringAsync();

        Assert.Contains(because, await (await PatchAsync(id, "application/json", patch)).ReadErrorAsync(status), StringComparison.Ordinal);
        Assert.Equal(before, await (await _rest.GetAsync($"ForeignApp/{id}")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task PatchOfWhatIsNotThere_Is404_AndOfWhatChanged412()
    {
        var id = await CreateWithDevicesAsync();

        await (await PatchAsync(int.MaxValue, "application/json", "[]")).ReadErrorAsync(HttpStatusCode.NotFound);
        var early = ("If-Unmodified-Since", DateTimeOffset.UtcNow.AddDays(-1));
        await (await SendAsync("PATCH", $"ForeignApp/{id}", early, "[]")).ReadErrorAsync(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task DeletedApp_TakesEverythingAlong()
    {
        await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json("""{"Key":"k"}"""));
        var id = (int)(await (await _rest.GetAsync($"ForeignApp/{_app}")).ReadAsync())!["ForeignAppId"]!;

        Assert.Equal(HttpStatusCode.NoContent, (await AgentAsync($"DeleteForeignAppEntity?ForeignAppEntityId={id}", "null")).StatusCode);

        await (await _rest.GetAsync($"ForeignApp/{_app}/unit/1")).ReadErrorAsync(HttpStatusCode.NotFound);
        await (await _rest.GetAsync($"ForeignApp/{_app}/unit/Key/k//0")).ReadErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NoContent, (await _rest.DeleteAsync($"ForeignApp/{id}")).StatusCode);
        Assert.Contains("id must be a 32-bit integer", await (await _rest.DeleteAsync($"ForeignApp/{_app}"))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_IsAddedRenamedAndDeleted()
    {
        var added = (await (await _rest.PostAsync($"ForeignApp/{_app}/unit/1", null)).ReadAsync())!;
        Assert.Equal(DeviceProperties, added.AsObject().Select(p => p.Key));
        Assert.Equal("The Writer", (string?)added["AssociateFullName"]);
        Assert.Equal("FULL", (string?)added["TableRight"]!["Mask"]);
        Assert.Equal(added.ToJsonString(), (await (await _rest.PostAsync($"ForeignApp/{_app}/unit/1", null)).ReadAsync())!.ToJsonString());
        Assert.Equal(
            added.ToJsonString(),
            (await (await _rest.PutAsync($"ForeignApp/{_app}/unit/1", Http.Json("null"))).ReadAsync())!.ToJsonString());

        var get = await _rest.GetAsync($"ForeignApp/{_app}/unit/1");
        Assert.Equal(added.ToJsonString(), (await get.ReadAsync())!.ToJsonString());
        Assert.NotNull(get.Content.Headers.LastModified);
        Assert.NotNull((await _rest.GetAsync($"ForeignApp/{_app}/Devices")).Content.Headers.LastModified);
        var renamed =
            (await (await _rest.PutAsync($"ForeignApp/{_app}/unit/1", Http.Json("""{"Name":"new","DeviceIdentifier":""}"""))).ReadAsync())!;
        Assert.Equal(("new", ""), ((string?)renamed["Name"], (string?)renamed["DeviceIdentifier"]));
        Assert.Equal((int)added["ForeignDeviceId"]!, (int)renamed["ForeignDeviceId"]!);
        Assert.Equal(renamed.ToJsonString(), (await (await _rest.GetAsync($"ForeignApp/{_app}/new/")).ReadAsync())!.ToJsonString());
        Assert.Equal(
            renamed.ToJsonString(),
            (await (await AgentAsync($"GetForeignDevice?foreignDeviceId={added["ForeignDeviceId"]}", "null")).ReadAsync())!.ToJsonString());
        Assert.Equal(renamed.ToJsonString(), (await (await AgentAsync(
            "GetDeviceByName", $$"""{"ApplicationName":"{{_app}}","DeviceName":"new"}""")).ReadAsync())!.ToJsonString());

        var delete = await AgentAsync("DeleteDeviceByIdentifier", $$"""{"ApplicationName":"{{_app}}","DeviceName":"new"}""");
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        await (await _rest.GetAsync($"ForeignApp/{_app}/new/")).ReadErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal("null", await (await AgentAsync(
            "GetDeviceByIdentifier", $$"""{"ApplicationName":"{{_app}}","DeviceName":"new"}""")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task DeviceCarrier_IsSavedAndDeletedByIdOrName()
    {
        var created = (await (await AgentAsync(
            "SaveForeignDevice", $$"""{"foreignDevice":{"name":"unit","deviceIdentifier":"1"},"applicationName":"{{_app}}"}"""))
            .ReadAsync())!;
        var id = (int)created["ForeignDeviceId"]!;
        var byAppId = (await (await AgentAsync("SaveForeignDevice",
            $$"""{"foreignDevice":{"foreignDeviceId":{{id}},"name":"renamed","foreignAppId":{{created["ForeignAppId"]}} } }"""))
            .ReadAsync())!;
        Assert.Equal(
            (id, "renamed", "1"), ((int)byAppId["ForeignDeviceId"]!, (string?)byAppId["Name"], (string?)byAppId["DeviceIdentifier"]));

        Assert.Contains(
            "ForeignDevice is required",
            await (await AgentAsync("SaveForeignDevice", $$"""{"foreignDevice":null,"applicationName":"{{_app}}"}""")).ReadErrorAsync(
                HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains(
            "ForeignDevice.Name is required",
            await (await AgentAsync("SaveForeignDevice", $$"""{"foreignDevice":{},"applicationName":"{{_app}}"}""")).ReadErrorAsync(
                HttpStatusCode.BadRequest), StringComparison.Ordinal);
        await (await AgentAsync(
            "SaveForeignDevice", $$"""{"foreignDevice":{"foreignDeviceId":{{id}},"name":"x"},"applicationName":"{{_app}} other"}"""))
            .ReadErrorAsync(HttpStatusCode.NotFound);

        Assert.Equal(HttpStatusCode.NoContent, (await AgentAsync(
            "DeleteForeignDevice", $$"""{"foreignDevice":{"foreignDeviceId":{{id}} },"applicationName":"{{_app}}"}""")).StatusCode);
        Assert.Equal("null", await (await AgentAsync($"GetForeignDevice?foreignDeviceId={id}", "null")).Content.ReadAsStringAsync());
        await AgentAsync("AddDeviceByIdentifier", $$"""{"ApplicationName":"{{_app}}","DeviceName":"d","DeviceIdentifier":"i"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await AgentAsync(
            "DeleteForeignDevice", $$"""{"foreignDevice":{"name":"d","deviceIdentifier":"i"},"applicationName":"{{_app}}"}""")).StatusCode);
        Assert.Empty((await (await AgentAsync("GetApplicationDevices", $$"""{"ApplicationName":"{{_app}}"}""")).ReadAsync())!.AsArray());
    }

    [Fact]
    public async Task Lists_OfWhatIsNotThere_AreEmptyOverAgents()
    {
        await (await _rest.GetAsync($"ForeignApp/{_app}/Devices")).ReadErrorAsync(HttpStatusCode.NotFound);
        foreach (var operation in new[]
        {
            "GetApplicationDevices", "GetApplicationKeys", "GetDeviceKeys", "GetDeviceKeysOnDeviceIdentifier",
        })
        {
            Assert.Equal("[]", await (await AgentAsync(
                operation, $$"""{"ApplicationName":"{{_app}}","DeviceName":"d"}""")).Content.ReadAsStringAsync());
        }

        Assert.Equal("{}", await (await AgentAsync(
            "GetAllForeignKeysOnEntity", """{"entityType":"nothing","entityId":7}""")).Content.ReadAsStringAsync());
    }

    private async Task<int> CreateAsync() => (int)(await (await _rest.PutAsync($"ForeignApp/{_app}", null)).ReadAsync())!["ForeignAppId"]!;

    private async Task<int> CreateWithDevicesAsync()
    {
        var body = $$"""{"name":"{{_app}}","devices":[{"name":"one","deviceIdentifier":"1"},{"Name":"two","deviceIdentifier":"2"}]}""";
        return (int)(await (await _rest.PostAsync("ForeignApp", Http.Json(body))).ReadAsync())!["ForeignAppId"]!;
    }

    private Task<HttpResponseMessage> PatchAsync(int id, string type, string patch) =>
        _rest.PatchAsync($"ForeignApp/{id}", new StringContent(patch, System.Text.Encoding.UTF8, type));

    private Task<HttpResponseMessage> PutAsync(int id, string body) => _rest.PutAsync($"ForeignApp/{id}", Http.Json(body));

    private Task<HttpResponseMessage> AgentAsync(string operation, string body) =>
        _rest.PostAsync($"Agents/ForeignSystem/{operation}", Http.Json(body));

    private async Task<HttpResponseMessage> SendAsync(
        string method, string path, (string Name, DateTimeOffset Date)? condition = null, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Http.Json(body) };
        if (condition is var (name, date))
        {
            request.Headers.TryAddWithoutValidation(name, date.ToString("R", CultureInfo.InvariantCulture));
        }

        return await _rest.SendAsync(request);
    }
}
