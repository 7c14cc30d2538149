using System.Net;
using System.Net.Http.Headers;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;

namespace ForeignGrpc.Server.Tests;

/// <summary>Paths, queries, methods and media types, on the wire.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class RestPathTests(RunningServer server)
{
    private readonly HttpClient _rest = server.Rest();

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%2fb%25", "a/b%")]
    [InlineData("a+b c%2B", "a+b c+")]
    [InlineData("%C3%A6%F0%9F%98%80", "æ😀")]
    [InlineData("%3C%3E%40%22%27;:,&=", "<>@\"';:,&=")]
    [InlineData("%0A%09%7F", "\n\t\u007F")]
    [InlineData("...", "...")]
    [InlineData("%EE%80%80", "\uE000")]
    [InlineData("Key", "Key")]
    public async Task PathParameters_AreDecodedOnce(string encoded, string name)
    {
        var app = Uri.EscapeDataString($"decode {Guid.NewGuid():N}");
        var response = await SendRawAsync(
            HttpMethod.Put, $"/api/v1/ForeignApp/{app}/{encoded.Replace(" ", "%20", StringComparison.Ordinal)}/1/Key", """{"Value":"v"}""");
        Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);

        var found = await server.Grpc().GetKeyAsync(new GetKeyRequest { ApplicationName = Uri.UnescapeDataString(app), DeviceName = name });
        Assert.Equal("v", found.KeyValue);
    }

    [Theory]
    [InlineData("a%", "deviceName has an incomplete percent escape")]
    [InlineData("a%4", "deviceName has an incomplete percent escape")]
    [InlineData("%zz", "deviceName has an incomplete percent escape")]
    [InlineData("%FF", "deviceName does not decode to UTF-8")]
    [InlineData("%ED%A0%80", "deviceName does not decode to UTF-8")]
    [InlineData(".", "must not be '.' or '..'")]
    [InlineData("..", "must not be '.' or '..'")]
    [InlineData("%2e", "must not be '.' or '..'")]
    [InlineData("%2E.", "must not be '.' or '..'")]
    public async Task PathsThatCannotBeTaken_Are400(string device, string because)
    {
        var response = await SendRawAsync(HttpMethod.Put, $"/api/v1/ForeignApp/erp/{device}/1/Key", "{}");

        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
        Assert.Contains(because, response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BlankIdentifier_IsOneOfItsOwn()
    {
        await _rest.PutAsync("ForeignApp/blank/unit//Key", Http.Json("""{"Key":"k","Value":"blank"}"""));
        await _rest.PutAsync("ForeignApp/blank/unit/1/Key", Http.Json("""{"Key":"k","Value":"one"}"""));

        Assert.Equal("blank", (string?)await (await _rest.GetAsync("ForeignApp/blank/unit//Key/k//0/Value")).ReadAsync());
        Assert.Equal("one", (string?)await (await _rest.GetAsync("ForeignApp/blank/unit/1/Key/k//0/Value")).ReadAsync());
        var overGrpc = await server.Grpc().GetKeyOnDeviceIdentifierAsync(
            new GetKeyOnDeviceIdentifierRequest { ApplicationName = "blank", DeviceName = "unit", KeyName = "k" });
        Assert.Equal("blank", overGrpc.KeyValue);
    }

    [Fact]
    public async Task BlankKeyName_IsReadAndDeleted()
    {
        await _rest.PutAsync("ForeignApp/blank key/unit/1/Key", Http.Json("""{"Value":"v","TableName":"contact","RecordId":1}"""));

        Assert.Equal("v", (string?)await (await _rest.GetAsync("ForeignApp/blank key/unit/Key//contact/1/Value")).ReadAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await _rest.DeleteAsync("ForeignApp/blank key/unit/1/Key//contact/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync("ForeignApp/blank key/unit/Key//contact/1/Value")).StatusCode);
    }

    [Fact]
    public async Task BlankApplication_IsRefusedByName()
    {
        var response = await _rest.PutAsync("ForeignApp///1/Key", Http.Json("{}"));

        var message = await response.ReadErrorAsync(HttpStatusCode.BadRequest);
        Assert.Contains("applicationName must not be blank.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("2147483648")]
    [InlineData("")]
    public async Task RecordThatIsNoInteger_Is400(string record)
    {
        var response = await _rest.DeleteAsync($"ForeignApp/erp/unit/1/Key/k/contact/{record}");

        Assert.Contains(
            "recordId must be a 32-bit integer", await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NegativeRecordInThePath_Is400() => Assert.Contains(
        "recordId must be 0 or more, but is -5",
        await (await _rest.GetAsync("ForeignApp/erp/unit/Key/k/contact/-5")).ReadErrorAsync(HttpStatusCode.BadRequest),
        StringComparison.Ordinal);

    [Fact]
    public async Task Literals_AreFoundInAnyCase()
    {
        await _rest.PutAsync("foreignapp/case/unit/1/KEY", Http.Json("""{"Key":"k","Value":"v"}"""));

        Assert.Equal("v", (string?)await (await _rest.GetAsync("FOREIGNAPP/case/unit/key/k//0/vAlUe")).ReadAsync());
    }

    [Fact]
    public async Task AgentArguments_StandInTheQuery_InAnyCase_WhereThereIsNoBody()
    {
        var app = (await (await _rest.PutAsync("ForeignApp/query", null)).ReadAsync())!;

        foreach (var body in new[] { "null", "", "{}" })
        {
            var response = await _rest.PostAsync(
                $"Agents/ForeignSystem/GetForeignAppEntity?FOREIGNappentityID={app["ForeignAppId"]}&unknown=x&$select=Name",
                Http.Json(body));
            Assert.Equal("query", (string?)(await response.ReadAsync())!["Name"]);
        }
    }

    [Theory]
    [InlineData("foreignDeviceId=x", "foreignDeviceId must be a 32-bit integer, but is \"x\"")]
    [InlineData("foreignDeviceId=1&foreignDeviceId=2", "foreignDeviceId is given more than once")]
    public async Task BadQuery_IsRefusedByName(string query, string because)
    {
        var response = await _rest.PostAsync($"Agents/ForeignSystem/GetForeignDevice?{query}", Http.Json("null"));

        Assert.Contains(because, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ArgumentsOfABody_AreRefusedInTheQuery()
    {
        await _rest.PutAsync("ForeignApp/body/unit/1/Key", Http.Json("""{"Key":"k","Value":"v","TableName":"contact","RecordId":2}"""));
        const string Body =
            """{"ApplicationName":"body","DeviceName":"unit","DeviceIdentifier":"1","KeyName":"k","TableName":"contact","RecordId":1}""";

        foreach (var query in new[] { "RecordId=0", "recordid=2", "TableName=", "tableName=contact", "DEVICEIDENTIFIER=" })
        {
            var response = await _rest.PostAsync($"Agents/ForeignSystem/DeleteForeignKeyOnName?{query}", Http.Json(Body));
            Assert.Contains(
                "must be in the body, not in the query", await response.ReadErrorAsync(HttpStatusCode.BadRequest),
                StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await _rest.PostAsync(
            "Agents/ForeignSystem/DeleteForeignKeyOnName?$select=x&unknown=1", Http.Json(Body))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _rest.DeleteAsync(
            "ForeignApp/body/unit/1/Key/k/contact/1?RecordId=0&recordId=2&TableName=")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _rest.GetAsync("ForeignApp/body/unit/Key/k/contact/2?RecordId=1")).StatusCode);
        using var anyone = new HttpClient { BaseAddress = _rest.BaseAddress };
        Assert.Contains("must be in the body, not in the query", await (await anyone.PostAsync(
            "Session/Login?UserName=Writer", Http.Json("""{"UserName":"Writer","Password":"x"}"""))).ReadErrorAsync(
                HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%20{0}")]
    [InlineData("+{0}")]
    [InlineData("%2B{0}")]
    [InlineData("{0}%20")]
    [InlineData("%09{0}")]
    [InlineData("-{0}")]
    [InlineData("0x{0}")]
    [InlineData("{0}.0")]
    [InlineData("%EF%BC%91{0}")]
    [InlineData("{0}%C2%A0")]
    [InlineData("99999999999")]
    public async Task WhatIsNotDigitsAlone_IsAName(string segment)
    {
        var id = (int)(await (await _rest.PutAsync($"ForeignApp/{Guid.NewGuid():N}", null)).ReadAsync())!["ForeignAppId"]!;
        segment = string.Format(null, segment, id);
        var named = (await (await _rest.PutAsync($"ForeignApp/{segment}", null)).ReadAsync())!;

        Assert.Equal(Uri.UnescapeDataString(segment), (string?)named["Name"]);
        Assert.NotEqual(id, (int)named["ForeignAppId"]!);
        await (await _rest.DeleteAsync($"ForeignApp/{segment}")).ReadErrorAsync(HttpStatusCode.BadRequest);
        await (await _rest.PatchAsync($"ForeignApp/{segment}", Http.Json("[]"))).ReadErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(
            (int)named["ForeignAppId"]!, (int)(await (await _rest.GetAsync($"ForeignApp/{segment}")).ReadAsync())!["ForeignAppId"]!);
        Assert.Equal(id, (int)(await (await _rest.GetAsync($"ForeignApp/0{id}")).ReadAsync())!["ForeignAppId"]!);
        await (await _rest.GetAsync($"ForeignApp/erp/unit/Key/k/contact/{segment}")).ReadErrorAsync(HttpStatusCode.BadRequest);
        await (await _rest.DeleteAsync($"Session/Tickets/{segment}")).ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("x-http-method")]
    [InlineData("X-Method-Override")]
    public async Task MethodThatAHeaderOverrides_IsRefused(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "ForeignApp/override") { Headers = { { header, "DELETE" } } };

        var response = await _rest.SendAsync(request);

        Assert.Contains(
            "is not supported; send the request with that method instead", await response.ReadErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync("ForeignApp/override")).StatusCode);
    }

    [Fact]
    public async Task QueryCannotOverrideThePath()
    {
        await _rest.PutAsync("ForeignApp/right/unit/1/Key?applicationName=wrong&ApplicationName=wrong2", Http.Json("""{"Key":"k"}"""));

        Assert.Equal(HttpStatusCode.OK, (await _rest.GetAsync("ForeignApp/right/unit/Key/k//0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _rest.GetAsync("ForeignApp/wrong/unit/Key/k//0")).StatusCode);
    }

    [Fact]
    public async Task Head_AnswersAsGetWithoutTheBody()
    {
        await _rest.PutAsync("ForeignApp/head/unit/1/Key", Http.Json("""{"Key":"k"}"""));
        var get = await _rest.GetAsync("ForeignApp/head/unit/Key/k//0");

        using var request = new HttpRequestMessage(HttpMethod.Head, "ForeignApp/head/unit/Key/k//0");
        var head = await _rest.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task WrongMethod_Is405WithAllow()
    {
        var response = await _rest.PatchAsync("ForeignApp/erp/unit/1/Key", Http.Json("{}"));

        await response.ReadErrorAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Equal(["POST", "PUT"], response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task UnknownPath_Is404() =>
        Assert.Contains("There is no operation GET", await (await _rest.GetAsync("Nothing/here"))
            .ReadErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);

    [Theory]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/html, text/json;q=0.9, */*;q=0.1", "text/json")]
    [InlineData("application/json;q=0.1, text/json;q=0.2", "text/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("application/json;q=0, */*", "text/json")]
    [InlineData("application/merge-patch+json", "application/merge-patch+json")]
    public async Task Accept_IsNegotiated(string accept, string type)
    {
        var content = await SaveAcceptingAsync(accept);

        Assert.Equal($"{type}; charset=utf-8", content.ToString());
    }

    [Theory]
    [InlineData("image/png", "application/json")]
    [InlineData("application/html", "application/json")]
    [InlineData("application/json;q=0", "application/json")]
    [InlineData("nonsense", "application/json")]
    [InlineData("*", "application/json")]
    [InlineData("application/xml; q=.9, application/json; q=.2", "application/xml")]
    [InlineData("text/*;q=0.5, application/*;q=0.4", "text/json")]
    [InlineData("*/*;q=0.9, application/json;q=0.1", "text/json")]
    public async Task Accept_IsHonouredWhereItCanBe(string accept, string expected)
    {
        var content = await SaveAcceptingAsync(accept);

        Assert.Equal(expected, content.MediaType);
    }

    [Theory]
    [InlineData(null, "utf-8", true)]
    [InlineData("text/json", "utf-8", true)]
    [InlineData("Application/JSON;Charset=\"UTF-8\"", "utf-8", true)]
    [InlineData("application/json; charset=utf-16", "utf-16", true)]
    [InlineData("application/json; charset=iso-8859-1", "iso-8859-1", true)]
    [InlineData("text/plain", "utf-8", false)]
    [InlineData("application/jsonp", "utf-8", false)]
    [InlineData("application/json; charset=bogus", "utf-8", false)]
    [InlineData("application/json; charset=utf-7", "utf-8", false)]
    public async Task ContentType_IsHonouredOr415(string? type, string charset, bool taken)
    {
        var content = new ByteArrayContent(System.Text.Encoding.GetEncoding(charset).GetBytes("""{"Key":"k","Value":"blåbær"}"""));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var response = await _rest.PutAsync("ForeignApp/type/unit/1/Key", content);

        if (taken)
        {
            Assert.Equal("blåbær", (string?)(await response.ReadAsync())!["Value"]);
        }
        else
        {
            await response.ReadErrorAsync(HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Fact]
    public async Task BodyThatIsNotInItsCharset_Is400()
    {
        var content = new ByteArrayContent([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");

        await (await _rest.PutAsync("ForeignApp/type/unit/1/Key", content)).ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    private Task<string> SendRawAsync(HttpMethod method, string path, string body) => Http.SendRawAsync(
        server.RestUri,
        $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {RunningServer.Credential(UserRole.Writer)}\r\n"
        + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

    /// <summary>Saves a key with this Accept; returns the Content-Type of the response.</summary>
    private async Task<MediaTypeHeaderValue> SaveAcceptingAsync(string accept)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Put, "ForeignApp/accept/unit/1/Key") { Content = Http.Json("""{"Key":"k"}""") };
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await _rest.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Content.Headers.ContentType!;
    }
}
