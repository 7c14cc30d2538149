using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Server.Tests;

/// <summary>Bodies that would lose what they say are refused, in every format.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class BodyRulesTests(RunningServer server)
{
    private const string Json = "application/json";
    private const string Xml = "application/xml";
    private const string Form = "application/x-www-form-urlencoded";
    private const string JsonPatch = "application/json-patch+json";
    private const string MergePatch = "application/merge-patch+json";

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"body {Guid.NewGuid():N}";

    [Theory]
    [InlineData(Json, """{"Key":"k","Value":"v","TableName":"contact","RecordId":7}""")]
    [InlineData(Json, """{"Name":"unit","VALUE":"v"}""")]
    [InlineData(Json, """{"recordId":0}""")]
    [InlineData(MergePatch, """{"TableName":"contact"}""")]
    [InlineData(JsonPatch, """[{"op":"add","path":"/Name","value":"n"},{"op":"add","path":"/Value","value":"v"}]""")]
    [InlineData(Form, "Name=unit&Value=v")]
    [InlineData(Xml, "<ForeignDevice><Name>unit</Name><RecordId>7</RecordId></ForeignDevice>")]
    [InlineData(Xml, "<ForeignKey><Key>k</Key></ForeignKey>")]
    public async Task KeySentToADevice_IsRefused(string mediaType, string body)
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post })
        {
            // Sent to `…/unit-9//Key`, through a proxy that merges slashes.
            using var response = await SendAsync(method, $"ForeignApp/{_app}/unit-9/Key", mediaType, body);
            Assert.Contains("lost a blank identifier", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"Name":"unit-9","DeviceIdentifier":"Key","Unknown":1}""")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task DeviceNamedKey_IsSaved(string body)
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post })
        {
            using var response = await SendAsync(method, $"ForeignApp/{_app}/unit-9/Key", Json, body);
            Assert.Equal("Key", (string?)(await response.ReadAsync())!["DeviceIdentifier"]);
        }
    }

    [Theory]
    [InlineData("ForeignApp/@/unit/1/Key", Json, """{"foreignKey":{"Key":"id","Value":"v"}}""")]
    [InlineData("ForeignApp/@/unit/1/Key", Json, """{"Kye":"id"}""")]
    [InlineData("ForeignApp/@/unit/1/Key", MergePatch, """{"foreignKey":{"Key":"id","Value":"v"}}""")]
    [InlineData("ForeignApp/@/unit/1/Key", JsonPatch, """[{"op":"add","path":"/foreignKey/Key","value":"id"}]""")]
    [InlineData("ForeignApp/@/unit/1/Key", Xml, "<ForeignKey><foreignKey><Key>id</Key></foreignKey></ForeignKey>")]
    [InlineData("ForeignApp/@/unit/1/Key", Form, "foreignKey.Key=id&foreignKey.Value=v")]
    [InlineData("ForeignApp/@/unit/1", Json, """{"foreignDevice":{"Name":"n"}}""")]
    [InlineData("ForeignApp", Json, """{"foreignAppEntity":{"Name":"@"}}""")]
    [InlineData("ForeignApp", Json, """{"Name":"@","Devices":[{"Nmae":"n"}]}""")]
    [InlineData(
        "ForeignApp", Xml, "<ForeignAppEntity><Name>@</Name><Devices><ForeignDevice><x/></ForeignDevice></Devices></ForeignAppEntity>")]
    [InlineData("Agents/ForeignSystem/SaveForeignAppEntity", Json, """{"foreignAppEntity":{"Name":"@"}}""")]
    [InlineData(
        "Agents/ForeignSystem/SaveForeignKey", Json, """{"request":{"ApplicationName":"@","DeviceName":"d","ForeignKey":{"Key":"k"}}}""")]
    [InlineData(
        "Agents/ForeignSystem/SaveForeignKey", Json,
        """{"ApplicationName":"@","DeviceName":"d","ForeignKey":{"ForeignKey":{"Key":"k"}}}""")]
    [InlineData("Agents/ForeignSystem/DeleteForeignKey", Json, """{"name":"x"}""")]
    [InlineData("Session/Login", Json, """{"user":"x","pass":"y"}""")]
    public async Task ObjectOfUnknownPropertiesAlone_IsRefused(string path, string mediaType, string body)
    {
        HttpMethod[] methods = path == "ForeignApp" || path[0] is 'A' or 'S' ? [HttpMethod.Post] : [HttpMethod.Put, HttpMethod.Post];
        foreach (var method in methods)
        {
            using var response = await SendAsync(
                method, path.Replace("@", _app, StringComparison.Ordinal), mediaType, body.Replace("@", _app, StringComparison.Ordinal));
            Assert.Matches(
                "only unknown properties; (ForeignKey|ForeignDevice|ForeignAppEntity|\\w+Request) has ", await response.ReadErrorAsync(
                    HttpStatusCode.BadRequest));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync($"ForeignApp/{_app}")).StatusCode);
    }

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"add","path":"/UserName","value":"x"}]""")]
    [InlineData("application/merge-patch+json", """{"UserName":"x"}""")]
    [InlineData("application/xml", "<LoginRequest><UserName>x</UserName></LoginRequest>")]
    [InlineData("text/plain", "x")]
    public async Task Login_TakesJsonAndFormsAlone(string mediaType, string body)
    {
        using var response = await SendAsync(HttpMethod.Post, "Session/Login", mediaType, body);
        using var form = await SendAsync(
            HttpMethod.Post, "Session/Login", Form, $"UserName=Reader&Password={Uri.EscapeDataString("Reader 🔑:")}");

        Assert.Contains(
            "application/json, text/json, application/x-www-form-urlencoded",
            await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, form.StatusCode);
    }

    [Theory]
    [InlineData("application/xml; charset=utf-8", "ISO-8859-1", "utf-8", HttpStatusCode.OK)]
    [InlineData("text/xml; charset=\"UTF8\"", "utf-16", "utf-8", HttpStatusCode.OK)]
    [InlineData("application/xml; charset=utf-16", "utf-8", "utf-16", HttpStatusCode.OK)]
    [InlineData("application/xml; charset=iso-8859-1", "utf-8", "iso-8859-1", HttpStatusCode.OK)]
    [InlineData("application/xml", "ISO-8859-1", "iso-8859-1", HttpStatusCode.OK)]
    [InlineData("text/xml", "utf-8", "utf-8", HttpStatusCode.OK)]
    [InlineData("text/xml", null, "utf-8", HttpStatusCode.OK)]
    [InlineData("application/xml", "utf-16", "utf-16", HttpStatusCode.OK)]
    [InlineData("application/xml", null, "utf-16BE with mark", HttpStatusCode.OK)]
    [InlineData("application/xml", "utf-8", "utf-8 with mark", HttpStatusCode.OK)]
    [InlineData("application/xml", "us-ascii", "utf-8", HttpStatusCode.BadRequest)]
    [InlineData("application/xml", "utf-8", "iso-8859-1", HttpStatusCode.BadRequest)]
    [InlineData("application/xml; charset=utf-8", "iso-8859-1", "iso-8859-1", HttpStatusCode.BadRequest)]
    [InlineData("application/xml; charset=us-ascii", "utf-8", "utf-8", HttpStatusCode.BadRequest)]
    [InlineData("application/xml; charset=utf-8", "utf-16", "utf-16BE with mark", HttpStatusCode.BadRequest)]
    [InlineData("application/xml", "utf-7", "utf-8", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml; charset=klingon", "utf-8", "utf-8", HttpStatusCode.UnsupportedMediaType)]
    public async Task CharsetOfTheHeader_WinsOverTheDeclaration(string contentType, string? declared, string charset, HttpStatusCode status)
    {
        var encoding = Encoding.GetEncoding(charset.Split(' ')[0]);
        var declaration = declared is null ? "" : $"<?xml version='1.0' encoding='{declared}'?>";
        byte[] mark = charset.EndsWith("mark", StringComparison.Ordinal) ? [.. encoding.Preamble] : [];
        var body = encoding.GetBytes($"{declaration}<ForeignKey><Key>k</Key><Value>Ærø</Value></ForeignKey>");
        using var content = new ByteArrayContent([.. mark, .. body]);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await _rest.PutAsync($"ForeignApp/{_app}/unit/1/Key", content);

        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal("Ærø", (string?)(await response.ReadAsync())!["Value"]);
        }
    }

    [Fact]
    public async Task BlankDeviceName_IsAName()
    {
        using var put = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}//1/Key", Json, """{"Key":"k","Value":"v"}""");
        using var agent = await SendAsync(
            HttpMethod.Post, "Agents/ForeignSystem/GetKeyValue", Json,
            $$"""{"ApplicationName":"{{_app}}","DeviceName":"","KeyName":"k"}""");

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("v", (string?)await agent.ReadAsync());
        Assert.Equal("", (string?)(await (await _rest.GetAsync($"ForeignApp/{_app}//1")).ReadAsync())!["Name"]);
    }

    [Fact]
    public async Task PatchThatChangesNothing_LeavesTheDates_AndTheKeys()
    {
        await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/phone/I1/Key", Json, """{"Key":"k","Value":"v"}""");
        var app = await GetAsync($"ForeignApp/{_app}");
        var key = await GetAsync($"ForeignApp/{_app}/phone/I1/Key/k//0");
        var path = $"ForeignApp/{app["ForeignAppId"]}";
        var whole = (await GetAsync(path)).ToJsonString();
        foreach (var (mediaType, patch) in new[]
        {
            (MergePatch, """{"Devices":[{"Name":"phone","DeviceIdentifier":"I1"}]}"""),
            (MergePatch, """{"Devices":[{"Name":"phone"}]}"""),
            (MergePatch, whole),
            (Json, whole),
            (JsonPatch, $$"""[{"op":"test","path":"/Name","value":"{{_app}}"}]"""),
            (JsonPatch, """[{"op":"add","path":"/Devices","value":[{"Name":"phone","DeviceIdentifier":"I1"}]}]"""),
        })
        {
            using var patched = await SendAsync(HttpMethod.Patch, path, mediaType, patch);
            Assert.Equal(whole, (await patched.ReadAsync())!.ToJsonString());
        }

        foreach (var (mediaType, patch) in new[]
        {
            (MergePatch, """{"Key":"k","Value":"v"}"""),
            (MergePatch, key.ToJsonString()),
            (JsonPatch, """[{"op":"add","path":"/Key","value":"k"},{"op":"test","path":"/Value","value":"v"}]"""),
            (
                JsonPatch,
                """[{"op":"add","path":"/Key","value":"k"},"""
                + """{"op":"replace","path":"/Value","value":"v"},{"op":"replace","path":"/CreatedBy","value":7}]"""),
        })
        {
            using var patched = await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/phone/I1/Key", mediaType, patch);
            Assert.Equal(key.ToJsonString(), (await patched.ReadAsync())!.ToJsonString());
        }
    }

    [Fact]
    public async Task DevicesThatSwapNames_KeepTheirKeys()
    {
        await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/a/1/Key", Json, """{"Key":"k","Value":"of a"}""");
        await SendAsync(HttpMethod.Put, $"ForeignApp/{_app}/b/1/Key", Json, """{"Key":"k","Value":"of b"}""");
        var app = await GetAsync($"ForeignApp/{_app}");

        using var patched = await SendAsync(HttpMethod.Patch, $"ForeignApp/{app["ForeignAppId"]}", JsonPatch,
            """[{"op":"replace","path":"/Devices/0/Name","value":"b"},{"op":"replace","path":"/Devices/1/Name","value":"a"}]""");

        Assert.Equal(["b", "a"], (await patched.ReadAsync())!["Devices"]!.AsArray().Select(device => (string?)device!["Name"]));
        Assert.Equal("of a", (string?)(await GetAsync($"ForeignApp/{_app}/b/1/Key/k//0"))["Value"]);
    }

    private async Task<JsonNode> GetAsync(string path) => (await (await _rest.GetAsync(path)).ReadAsync())!;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string mediaType, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return await _rest.SendAsync(request);
    }
}
