using System.Net;
using System.Text.RegularExpressions;

namespace ForeignGrpc.Server.Tests;

/// <summary>A slash at the end of a path: ignored where the last segment cannot be blank, else a blank value.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class TrailingSlashTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"slash {Guid.NewGuid():N}";

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/default")]
    [InlineData("GET", "/{id}")]
    [InlineData("HEAD", "/{id}")]
    [InlineData("GET", "/{app}")]
    [InlineData("PUT", "/{app}")]
    [InlineData("GET", "/{app}/Devices")]
    [InlineData("GET", "/{app}/unit/1/Key/k/contact/1")]
    [InlineData("GET", "/{app}/unit/1/Key/k/contact/1/Value")]
    [InlineData("GET", "/{app}/unit/Key/k/contact/1")]
    [InlineData("GET", "/{app}/unit/Key/k/contact/1/Value")]
    [InlineData("GET", "/{app}/unit/Key/k/contact", "?keyValue=v")]
    [InlineData("POST", "/{app}/unit/1/Key", "", """{"Key":"k","Value":"v","TableName":"contact","RecordId":1}""")]
    [InlineData("PUT", "/{app}/unit/1/Key", "", """{"Key":"k","Value":"v","TableName":"contact","RecordId":1}""")]
    [InlineData("PUT", "/{app}/unit//Key", "", """{"Key":"k","Value":"v"}""")]
    [InlineData("PUT", "/{id}", "", """{"Name":"{app}"}""")]
    [InlineData("PATCH", "/{id}", "", """{"Name":"{app}"}""")]
    [InlineData("POST", "", "", """{"Name":"{app}"}""")]
    [InlineData("DELETE", "/{app}/unit/1/Key/gone/contact/1")]
    [InlineData("DELETE", "/2147483647")]
    public async Task SlashThatStandsForNoBlank_IsIgnored(string verb, string path, string query = "", string? body = null)
    {
        var id = (int)(await (await _rest.PutAsync($"ForeignApp/{_app}", null)).ReadAsync())!["ForeignAppId"]!;
        await _rest.PutAsync(
            $"ForeignApp/{_app}/unit/1/Key", Http.Json("""{"Key":"k","Value":"v","TableName":"contact","RecordId":1}"""));
        string Filled(string text) =>
            text.Replace("{id}", $"{id}", StringComparison.Ordinal).Replace("{app}", _app, StringComparison.Ordinal);

        // Without its numbers: ids and instants differ from one response to the next, and so do the digits of an instant.
        async Task<(HttpStatusCode, string)> SendAsync(string end)
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), Filled($"ForeignApp{path}{end}{query}"));
            request.Content = body is null ? null : Http.Json(Filled(body));
            using var response = await _rest.SendAsync(request);
            return (response.StatusCode, Regex.Replace(await response.Content.ReadAsStringAsync(), @"\.?\d+", ""));
        }

        var (status, text) = await SendAsync("");
        Assert.True((int)status < 300, $"{status}");
        Assert.Equal((status, text), await SendAsync("/"));
    }

    [Theory]
    [InlineData("Agents/ForeignSystem/GetAppByName")]
    [InlineData("Agents/ForeignSystem/GetAppByName/")]
    public async Task SlashBehindAnAgentsOperation_IsIgnored(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _rest.PostAsync(path, Http.Json("""{"ApplicationName":"none"}"""))).StatusCode);

    [Fact]
    public async Task SlashBehindADevice_IsTheBlankIdentifier()
    {
        await (await _rest.PutAsync($"ForeignApp/{_app}/unit/1", null)).ReadAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}/unit/")).StatusCode);

        var added = (await (await _rest.PutAsync($"ForeignApp/{_app}/unit/", null)).ReadAsync())!;

        Assert.Equal("", (string?)added["DeviceIdentifier"]);
        Assert.Equal(added.ToJsonString(), (await (await _rest.GetAsync($"ForeignApp/{_app}/unit/")).ReadAsync())!.ToJsonString());
    }

    [Theory]
    [InlineData("unit/")]
    [InlineData("unit//")]
    [InlineData("//")]
    public async Task DeletingADeviceOfABlankIdentifier_IsRefused_AndNamesTheAgentsOperation(string path)
    {
        await _rest.PutAsync($"ForeignApp/{_app}/unit//Key", Http.Json("""{"Key":"k","Value":"v"}"""));

        var refusal = await (await _rest.DeleteAsync($"ForeignApp/{_app}/{path}")).ReadErrorAsync(HttpStatusCode.BadRequest);

        Assert.Contains("deviceIdentifier is blank at the end of the path", refusal, StringComparison.Ordinal);
        Assert.Contains("POST /api/v1/Agents/ForeignSystem/DeleteDeviceByIdentifier", refusal, StringComparison.Ordinal);
        Assert.Equal("v", (string?)await (await _rest.GetAsync($"ForeignApp/{_app}/unit//Key/k//0/Value")).ReadAsync());

        var delete = await _rest.PostAsync(
            "Agents/ForeignSystem/DeleteDeviceByIdentifier", Http.Json($$"""{"ApplicationName":"{{_app}}","DeviceName":"unit"}"""));
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        await (await _rest.GetAsync($"ForeignApp/{_app}/unit/")).ReadErrorAsync(HttpStatusCode.NotFound);
    }
}
