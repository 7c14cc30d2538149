using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ForeignSystem.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>A key of nothing but blanks is what a client sends whose properties nothing knows: it is refused through every door.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class BlankKeyTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"blank key {Guid.NewGuid():N}";

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("application/json", """{"Key":"","Value":"","TableName":"","RecordId":0}""")]
    [InlineData("application/json", """{"Key":null,"Value":null}""")]
    [InlineData("application/json", """{"UpdatedBy":"x"}""")]
    [InlineData("application/xml", "<ForeignKey/>")]
    [InlineData("application/xml", "<ForeignKey><Key></Key><Value/></ForeignKey>")]
    [InlineData("application/x-www-form-urlencoded", "Key=&Value=")]
    [InlineData("application/merge-patch+json", """{"Key":""}""")]
    [InlineData("application/json-patch+json", """[{"op":"add","path":"/Key","value":""}]""")]
    public async Task OverRest_ItIs400(string type, string body)
    {
        foreach (var verb in new[] { HttpMethod.Put, HttpMethod.Post })
        {
            using var request = new HttpRequestMessage(verb, $"ForeignApp/{_app}/unit/1/Key");
            request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
            using var response = await _rest.SendAsync(request);
            Assert.StartsWith(
                "ForeignKey has neither a name, a value nor a table",
                await response.ReadErrorAsync(HttpStatusCode.BadRequest),
                StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}")).StatusCode);
    }

    [Theory]
    [InlineData("SaveForeignKey")]
    [InlineData("AddForeignKey")]
    public async Task OverAgents_ItIs400(string operation)
    {
        var response = await _rest.PostAsync(
            $"Agents/ForeignSystem/{operation}",
            Http.Json($$"""{"ForeignKey":{"RecordId":0},"ApplicationName":"{{_app}}","DeviceName":"unit"}"""));

        Assert.Contains("neither a name", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverGrpc_ItIsInvalidArgument()
    {
        var grpc = server.Grpc();
        var save = new SaveForeignKeyRequest { ApplicationName = _app, DeviceName = "unit", ForeignKey = new ForeignKey() };
        var add = new AddForeignKeyRequest { ApplicationName = _app, DeviceName = "unit", ForeignKey = new ForeignKey() };
        var change = new SaveForeignKeyRequest
        {
            ApplicationName = _app,
            DeviceName = "unit",
            Changes = { new PatchOperation { Op = "add", Path = "/key_name", Value = Value.ForString("") } },
        };

        foreach (var call in new Func<Task>[]
        {
            async () => await grpc.SaveForeignKeyAsync(save), async () => await grpc.AddForeignKeyAsync(add),
            async () => await grpc.SaveForeignKeyAsync(change),
        })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.Contains("key_name, key_value and table_name", refused.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}")).StatusCode);
    }

    [Fact]
    public async Task ChangesCannotBlankAKey()
    {
        await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json("""{"Value":"v"}"""));

        using var blanked = await _rest.PutAsync(
            $"ForeignApp/{_app}/unit/1/Key",
            new StringContent("""[{"op":"replace","path":"/Value","value":""}]""", Encoding.UTF8, "application/json-patch+json"));

        await blanked.ReadErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal("v", (string?)await (await _rest.GetAsync($"ForeignApp/{_app}/unit/1/Key///0/Value")).ReadAsync());
    }

    [Theory]
    [InlineData("""{"Key":"k"}""")]
    [InlineData("""{"Value":"v"}""")]
    [InlineData("""{"TableName":"contact"}""")]
    public async Task KeyWithOneOfThem_IsSaved(string body)
    {
        using var saved = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", Http.Json(body));

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
    }
}
