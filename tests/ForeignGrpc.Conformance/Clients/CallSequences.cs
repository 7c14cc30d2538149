using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>What known kinds of clients send, call by call, over REST. Each test is one client.</summary>
public abstract class CallSequences(Service service)
{
    private const string Agent = "api/v1/Agents/ForeignSystem/";

    private readonly Service _service = service.OrSkip();
    private readonly string _app = $"sequence {Guid.NewGuid():N}";

    [SkippableFact]
    public async Task VendorsHelper_CreatesWhatItDoesNotFind_AndDeletesWithoutAnIdentifier()
    {
        using var rest = _service.Rest();

        // It tests the id of an application for 0, and keys and devices for null.
        Assert.Equal(0, (int)(await AgentAsync(rest, "GetAppByName", $$"""{"ApplicationName":"{{_app}}"}"""))!["ForeignAppId"]!);
        var app = (await AgentAsync(rest, "CreateDefaultForeignAppEntity", null))!;
        app["Name"] = _app;
        var saved = (await AgentAsync(rest, "SaveForeignAppEntity", app.ToJsonString()))!;
        Assert.NotEqual(0, (int)saved["ForeignAppId"]!);
        Assert.Equal((int)saved["ForeignAppId"]!, (int)(await AgentAsync(rest, "GetAppByName", Names("")))!["ForeignAppId"]!);
        Assert.Null(await AgentAsync(
            rest, "GetKeyByValue", Names(""","DeviceName":"sync","KeyName":"id","KeyValue":"C-1","TableName":"contact" """)));
        Assert.Null(await AgentAsync(rest, "GetDeviceByName", Names(""","DeviceName":"sync" """)));

        // It saves a key under a device that it has never created.
        var key = await AgentAsync(rest, "SaveForeignKey", Names(
            ""","DeviceName":"sync","DeviceIdentifier":"I-1", """
            + """ "ForeignKey":{"Key":"id","Value":"C-1","TableName":"contact","RecordId":7}"""));
        Assert.Equal("C-1", (string?)key!["Value"]);
        Assert.Equal("C-1", (string?)await AgentAsync(
            rest, "GetKeyValue", Names(""","DeviceName":"sync","KeyName":"id","TableName":"contact","RecordId":7""")));

        // It deletes with a blank identifier what it saved under one, and leaves the keys of other names.
        await AgentAsync(rest, "SaveForeignKey", Names(
            ""","DeviceName":"sync","DeviceIdentifier":"I-2", """
            + """ "ForeignKey":{"Key":"id","Value":"C-2","TableName":"contact","RecordId":7}"""));
        await AgentAsync(rest, "SaveForeignKey", Names(
            ""","DeviceName":"sync","DeviceIdentifier":"I-2","ForeignKey":{"Key":"other","Value":"C-3"}"""));
        await AgentAsync(rest, "DeleteForeignKeyOnName", Names(
            ""","DeviceName":"sync","DeviceIdentifier":"","KeyName":"id","TableName":"contact","RecordId":7"""));
        var left = await AgentAsync(rest, "GetApplicationKeys", Names(""));
        Assert.Equal(["other"], left!.AsArray().Select(one => (string?)one!["Key"]));

        await AgentAsync(rest, "DeleteDeviceByIdentifier", Names(""","DeviceName":"sync","DeviceIdentifier":"I-1" """));
        Assert.Null(await AgentAsync(rest, "GetDeviceByIdentifier", Names(""","DeviceName":"sync","DeviceIdentifier":"I-1" """)));
        await AgentAsync(rest, $"DeleteForeignAppEntity?foreignAppEntityId={saved["ForeignAppId"]}", null);
        Assert.Equal(0, (int)(await AgentAsync(rest, "GetAppByName", Names("")))!["ForeignAppId"]!);
    }

    [SkippableFact]
    public async Task NetClient_SendsNumbersForEnums_DatesNeverSet_AndNullForCarriers()
    {
        using var rest = _service.Rest();
        const string NeverSet = "0001-01-01T00:00:00";
        const string Right = """{"Mask":15,"Reason":null}""";

        var saved = await SendAsync(rest, HttpMethod.Put, $"api/v1/ForeignApp/{_app}/unit/1/Key",
            $$"""
            {"Key":"k","Value":"v","RecordId":7,"CreatedDate":"{{NeverSet}}","UpdatedDate":"{{NeverSet}}","UpdatedBy":null,"CreatedBy":null,
            "TableName":"contact","TableRight":{{Right}},"FieldProperties":{"Key":{"FieldRight":{{Right}},"FieldType":"System.String"} } }
            """,
            ("SO-TimeZone", "NO"));
        Assert.NotEqual(NeverSet, (string?)saved!["CreatedDate"]);

        // It sends back what it has read, with dates in its local zone and null in place of every carrier.
        saved["Value"] = "w";
        saved["UpdatedDate"] = "2026-01-31T23:59:59.1234567+01:00";
        (saved["TableRight"], saved["FieldProperties"]) = (null, null);
        var again = await SendAsync(rest, HttpMethod.Put, $"api/v1/ForeignApp/{_app}/unit/1/Key", saved.ToJsonString());
        Assert.Equal(("w", (string?)saved["CreatedDate"]), ((string?)again!["Value"], Utc(again["CreatedDate"], saved["CreatedDate"])));

        var app = await AgentAsync(rest, "SaveForeignAppEntity", $$"""
            {"ForeignAppId":0,"Name":"{{_app}}","CreatedDate":"{{NeverSet}}","UpdatedDate":"{{NeverSet}}","CreatedBy":null,"UpdatedBy":null,
            "Devices":null,"TableRight":null,"FieldProperties":null}
            """);
        Assert.Equal(["unit"], app!["Devices"]!.AsArray().Select(device => (string?)device!["Name"]));
    }

    [SkippableFact]
    public async Task ErpJob_SendsNumbersForTexts_InEveryFormat()
    {
        using var rest = _service.Rest();
        var path = $"api/v1/ForeignApp/{_app}/1/4711/Key";

        var saved = await SendAsync(
            rest, HttpMethod.Put, path, """{"Key":1001,"Value":1.50,"TableName":"contact","RecordId":"7"}""");
        Assert.Equal(("1001", "1.50", 7), ((string?)saved!["Key"], (string?)saved["Value"], (int)saved["RecordId"]!));
        var merged = await SendAsync(
            rest,
            HttpMethod.Post,
            path,
            """{"Key":1001,"Value":20260131.250,"TableName":"contact","RecordId":7.0}""",
            contentType: "application/merge-patch+json");
        Assert.Equal(("1001", "20260131.250"), ((string?)merged!["Key"], (string?)merged["Value"]));
        var found = await SendAsync(
            rest, HttpMethod.Get, $"api/v1/ForeignApp/{_app}/1/Key/1001/contact?keyValue=20260131.250", null);
        Assert.Equal(7, (int)found!["RecordId"]!);
        var listed = await SendAsync(
            rest, HttpMethod.Get, $"api/v1/ForeignApp?$filter=appName eq '{_app}' and keyName eq 1001 and recordId eq '7'", null);
        Assert.Single(listed!["value"]!.AsArray());
    }

    [SkippableFact]
    public async Task Poller_ReadsWhatChangedSinceItsLastTime()
    {
        using var rest = _service.Rest();
        await SaveAsync(rest, "first", 1);
        var since = "2000-01-01T00:00:00Z";
        var seen = new List<string>();
        foreach (var value in new[] { "second", "third" })
        {
            (since, var values) = await PollAsync(rest, since);
            seen.AddRange(values.Except(seen));
            await SaveAsync(rest, value, value.Length);
        }

        (_, var last) = await PollAsync(rest, since);
        seen.AddRange(last.Except(seen));
        Assert.Equal(["first", "second", "third"], seen);
    }

    [SkippableFact]
    public async Task Page_LogsIn_AndRepeatsTheXsrfTokenInEachCall()
    {
        var cookies = new CookieContainer();
        var origin = new Uri(_service.RestUri, SequenceServer.Prefix + "/");
        using var page = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = origin };
        await SendAsync(
            page, HttpMethod.Post, "api/v1/Session/Login", $$"""{"UserName":"{{Service.User}}","Password":"{{Service.Password}}"}""");
        var token = cookies.GetCookies(origin)["XSRF-TOKEN"]!.Value;
        var header = ("X-XSRF-TOKEN", Uri.UnescapeDataString(token));
        var path = $"api/v1/ForeignApp/{_app}/unit/1/Key";

        using var withoutToken = await page.PutAsync(path, new StringContent("""{"Key":"k","Value":"v"}"""));
        Assert.Equal(HttpStatusCode.Unauthorized, withoutToken.StatusCode);
        await SendAsync(page, HttpMethod.Put, path, """{"Key":"k","Value":"v"}""", header);
        Assert.Equal("v", (string?)await SendAsync(page, HttpMethod.Get, $"{path}/k//0/Value", null, header));
        await SendAsync(page, HttpMethod.Post, "api/v1/Session/Logout", "", header);
        using var after = new HttpRequestMessage(HttpMethod.Get, $"{path}/k//0/Value") { Headers = { { header.Item1, header.Item2 } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await page.SendAsync(after)).StatusCode);
    }

    [SkippableFact]
    public async Task TenantsClient_PutsThePrefixBeforeEachPath_AndFollowsLinks()
    {
        var tenant = new Uri(_service.RestUri, SequenceServer.Prefix + "/");
        using var client = new HttpClient { BaseAddress = tenant };
        client.DefaultRequestHeaders.Authorization = Service.Credential;

        var saved = await SendAsync(client, HttpMethod.Post, "api/v1/ForeignApp", $$"""{"Name":"{{_app}}"}""");
        var self = (string)saved!["_Links"]!["Self"]!;
        Assert.StartsWith($"{tenant}api/v1/ForeignApp/", self, StringComparison.Ordinal);
        Assert.Equal(_app, (string?)(await SendAsync(client, HttpMethod.Get, self, null))!["Name"]);
        await SendAsync(client, HttpMethod.Put, $"api/v1/ForeignApp/{_app}/unit//Key", """{"Key":"k","Value":"v"}""");
        Assert.Equal("v", (string?)await SendAsync(client, HttpMethod.Get, $"api/v1/ForeignApp/{_app}/unit//Key/k//0/Value", null));
        Assert.Equal("v", (string?)await AgentAsync(client, "GetKeyValue", Names(""","DeviceName":"unit","KeyName":"k" """)));
        var list = await SendAsync(client, HttpMethod.Get, $"api/v1/ForeignApp?$filter=appName eq '{_app}'", null);
        Assert.StartsWith(tenant.ToString(), (string?)list!["odata.metadata"], StringComparison.Ordinal);
    }

    /// <summary>The latest change that the poller has seen, and the values of the keys changed at or after `since`.</summary>
    private async Task<(string Latest, IEnumerable<string> Values)> PollAsync(HttpClient rest, string since)
    {
        var filter = Uri.EscapeDataString($"appName eq '{_app}' and keyUpdatedDate afterTime '{since}'");
        var rows = (await SendAsync(
            rest, HttpMethod.Get, $"api/v1/ForeignApp?$filter={filter}&$orderBy=keyUpdatedDate", null))!["value"]!.AsArray();
        return ((string)rows[^1]!["keyUpdatedDate"]!, rows.Select(row => (string)row!["keyValue"]!));
    }

    private Task<JsonNode?> SaveAsync(HttpClient rest, string value, int record) => SendAsync(
        rest,
        HttpMethod.Put,
        $"api/v1/ForeignApp/{_app}/unit/1/Key",
        $$"""{"Key":"k","Value":"{{value}}","TableName":"contact","RecordId":{{record}}}""");

    private string Names(string others) => $$"""{"ApplicationName":"{{_app}}"{{others}}}""";

    private static string? Utc(JsonNode? date, JsonNode? like) =>
        DateTimeOffset.Parse((string)date!, CultureInfo.InvariantCulture)
            == DateTimeOffset.Parse((string)like!, CultureInfo.InvariantCulture)
            ? (string?)like
            : (string?)date;

    private static Task<JsonNode?> AgentAsync(HttpClient client, string operation, string? body) =>
        SendAsync(client, HttpMethod.Post, Agent + operation, body ?? "");

    private static async Task<JsonNode?> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string? body,
        (string Name, string Value)? header = null,
        string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType);
        if (header is { } one)
        {
            request.Headers.Add(one.Name, one.Value);
        }

        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
