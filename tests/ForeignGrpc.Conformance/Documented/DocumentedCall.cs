using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>A call of a documented operation that succeeds: on an application of its own, with a device and a key.</summary>
internal sealed class DocumentedCall
{
    private readonly HttpMethod _method;
    private readonly string _address;

    private DocumentedCall(string method, string address, JsonNode? body, string bodyType) =>
        (_method, _address, Body, BodyType) = (new HttpMethod(method), address, body, bodyType);

    /// <summary>The body; null when the operation has none.</summary>
    public JsonNode? Body { get; }

    /// <summary>The documented type of the body.</summary>
    public string BodyType { get; }

    /// <summary>Makes what the call needs.</summary>
    public static async Task<DocumentedCall> PrepareAsync(HttpClient rest, string method, string path, string query, string body)
    {
        var app = $"facts {Guid.NewGuid():N}";
        var (appId, deviceId) = await CreateAsync(rest, app);
        return new DocumentedCall(
            method, Fill(path, app, appId) + Query(query, appId, deviceId), MakeBody(path, body, app, appId), body.Split(':')[^1]);
    }

    /// <summary>Sends the call.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpClient rest, string body, string contentType, string accept)
    {
        using var request = new HttpRequestMessage(_method, _address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (_method.Method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        return await rest.SendAsync(request);
    }

    private static async Task<(int AppId, int DeviceId)> CreateAsync(HttpClient rest, string app)
    {
        using var key = new StringContent(
            """{"Key":"k","Value":"v","TableName":"contact","RecordId":7}""", Encoding.UTF8, "application/json");
        (await rest.PutAsync($"api/v1/ForeignApp/{app}/unit/1/Key", key)).EnsureSuccessStatusCode();
        var entity = JsonNode.Parse(await rest.GetStringAsync($"api/v1/ForeignApp/{app}"))!;
        return ((int)entity["ForeignAppId"]!, (int)entity["Devices"]![0]!["ForeignDeviceId"]!);
    }

    public static string Fill(string path, string app, int appId) => path
        .Replace("{id}", $"{appId}", StringComparison.Ordinal)
        .Replace("{appName}", app, StringComparison.Ordinal)
        .Replace("{applicationName}", app, StringComparison.Ordinal)
        .Replace("{deviceName}", "unit", StringComparison.Ordinal)
        .Replace("{deviceIdentifier}", "1", StringComparison.Ordinal)
        .Replace("{keyName}", "k", StringComparison.Ordinal)
        .Replace("{tableName}", "contact", StringComparison.Ordinal)
        .Replace("{recordId}", "7", StringComparison.Ordinal)[1..];

    /// <summary>The query parameters that are required.</summary>
    public static string Query(string documented, int appId, int deviceId) => "?" + string.Join('&', documented.Split(", ")
        .Where(parameter => parameter.EndsWith('!'))
        .Select(parameter => parameter.Split(':')[0])
        .Select(name => name.EndsWith("DeviceId", StringComparison.Ordinal) ? $"{name}={deviceId}"
            : name.EndsWith("Id", StringComparison.Ordinal) ? $"{name}={appId}" : $"{name}=v"));

    /// <summary>The documented body: a carrier, or an agent's arguments by name.</summary>
    private static JsonNode? MakeBody(string path, string documented, string app, int appId)
    {
        var (name, type) = documented.Split(':') is [var parameter, var of] ? (parameter, of) : ("", "");
        var key = new JsonObject { ["Key"] = "k", ["Value"] = "v", ["TableName"] = "contact", ["RecordId"] = 7 };
        var device = new JsonObject { ["Name"] = "unit", ["DeviceIdentifier"] = "1" };
        JsonNode? body = type switch
        {
            "ForeignKey" => key,
            "ForeignDevice" => device,
            "ForeignAppEntity" =>
                new JsonObject { ["ForeignAppId"] = path.EndsWith("ForeignApp", StringComparison.Ordinal) ? 0 : appId, ["Name"] = app },
            _ when name == "changes" => new JsonArray(new JsonObject { ["op"] = "test", ["path"] = "/Name", ["value"] = app }),
            _ when name == "request" => Arguments(app, key, device, Documented.Properties[type]),
            _ => null,
        };
        return body;
    }

    /// <summary>Those of all arguments that the operation has.</summary>
    private static JsonObject Arguments(string app, JsonObject key, JsonObject device, string[] names)
    {
        var all = new JsonObject
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
        };
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, all[name]?.DeepClone())));
    }
}
