using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Every documented operation, from the facts in `Documented/operations.tsv`: it is routed, under its method, answers with a
/// documented status, and has exactly the documented properties.
/// </summary>
public sealed class DocumentedOperationsTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    public static TheoryData<string, string, string, string, string> Operations
    {
        get
        {
            var operations = new TheoryData<string, string, string, string, string>();
            foreach (var operation in Documented.Operations)
            {
                operations.Add(operation.Method, operation.Path, operation.Query, operation.Body, operation.Responses);
            }

            return operations;
        }
    }

    [Fact]
    public void AllFacts_AreThere() => Assert.Equal(54, Operations.Count);

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_AnswersAsDocumented(string method, string path, string query, string body, string responses)
    {
        using var rest = server.Rest();
        var app = $"facts {Guid.NewGuid():N}";
        var (appId, deviceId) = await CreateAsync(rest, app);
        var documented = responses.Split("; ");
        var (status, type) = documented[0].Split(':') is [var code, .. var rest0] ? (int.Parse(code, null), rest0.FirstOrDefault()) : default;
        using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path, app, appId) + Query(query, appId, deviceId));
        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent(Body(path, body, app, appId), Encoding.UTF8, "application/json");
        }

        using var response = await rest.SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        AssertProperties(type, text);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_WithoutACredential_Is401(string method, string path, string query, string body, string responses)
    {
        using var rest = server.Rest();
        rest.DefaultRequestHeaders.Authorization = null;
        using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path, "app", 1) + Query(query, 1, 1));

        using var response = await rest.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        Assert.NotNull(body);
        Assert.NotEmpty(responses);
    }

    private static void AssertProperties(string? type, string text)
    {
        if (type is null)
        {
            Assert.Equal("", text);
            return;
        }

        var result = JsonNode.Parse(text);
        switch (type)
        {
            case "string":
                Assert.Equal("v", (string?)result);
                break;
            case "map<string,string>":
                Assert.Contains("v", result!.AsObject().Select(pair => (string?)pair.Value));
                break;
            case var _ when type.EndsWith("[]", StringComparison.Ordinal):
                Assert.NotEmpty(result!.AsArray());
                Assert.All(result.AsArray(), item => Assert.Equal(Documented.Properties[type[..^2]], item!.AsObject().Select(pair => pair.Key)));
                break;
            default:
                Assert.Equal(Documented.Properties[type], result!.AsObject().Select(pair => pair.Key));
                break;
        }
    }

    private static async Task<(int AppId, int DeviceId)> CreateAsync(HttpClient rest, string app)
    {
        using var key = new StringContent("""{"Key":"k","Value":"v","TableName":"contact","RecordId":7}""", Encoding.UTF8, "application/json");
        (await rest.PutAsync($"api/v1/ForeignApp/{app}/unit/1/Key", key)).EnsureSuccessStatusCode();
        var entity = JsonNode.Parse(await rest.GetStringAsync($"api/v1/ForeignApp/{app}"))!;
        return ((int)entity["ForeignAppId"]!, (int)entity["Devices"]![0]!["ForeignDeviceId"]!);
    }

    private static string Fill(string path, string app, int appId) => path
        .Replace("{id}", $"{appId}", StringComparison.Ordinal)
        .Replace("{appName}", app, StringComparison.Ordinal)
        .Replace("{applicationName}", app, StringComparison.Ordinal)
        .Replace("{deviceName}", "unit", StringComparison.Ordinal)
        .Replace("{deviceIdentifier}", "1", StringComparison.Ordinal)
        .Replace("{keyName}", "k", StringComparison.Ordinal)
        .Replace("{tableName}", "contact", StringComparison.Ordinal)
        .Replace("{recordId}", "7", StringComparison.Ordinal)[1..];

    /// <summary>The query parameters that are required.</summary>
    private static string Query(string documented, int appId, int deviceId) => "?" + string.Join('&', documented.Split(", ")
        .Where(parameter => parameter.EndsWith('!'))
        .Select(parameter => parameter.Split(':')[0])
        .Select(name => $"{name}={(name.EndsWith("DeviceId", StringComparison.Ordinal) ? deviceId : name.EndsWith("Id", StringComparison.Ordinal) ? appId : "v")}"));

    /// <summary>The documented body: a carrier, or an agent's arguments by name.</summary>
    private static string Body(string path, string documented, string app, int appId)
    {
        var (name, type) = documented.Split(':') is [var parameter, var of] ? (parameter, of) : ("", "");
        var key = new JsonObject { ["Key"] = "k", ["Value"] = "v", ["TableName"] = "contact", ["RecordId"] = 7 };
        var device = new JsonObject { ["Name"] = "unit", ["DeviceIdentifier"] = "1" };
        JsonNode? body = type switch
        {
            "ForeignKey" => key,
            "ForeignDevice" => device,
            "ForeignAppEntity" => new JsonObject { ["ForeignAppId"] = path.EndsWith("ForeignApp", StringComparison.Ordinal) ? 0 : appId, ["Name"] = app },
            _ when name == "changes" => new JsonArray(new JsonObject { ["op"] = "test", ["path"] = "/Name", ["value"] = app }),
            _ when name == "request" => new JsonObject
            {
                ["ApplicationName"] = app,
                ["DeviceName"] = "unit",
                ["DeviceIdentifier"] = "1",
                ["KeyName"] = "k",
                ["KeyValue"] = "v",
                ["TableName"] = "contact",
                ["RecordId"] = 7,
                ["EntityType"] = "contact",
                ["EntityId"] = 7,
                ["ForeignKey"] = key,
                ["ForeignDevice"] = device,
            },
            _ => null,
        };
        return body?.ToJsonString() ?? "null";
    }
}
