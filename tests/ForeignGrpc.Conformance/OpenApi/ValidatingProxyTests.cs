using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The calls of the documented operations through a proxy that holds requests and responses to the OpenAPI document.</summary>
public sealed class ValidatingProxyTests(ValidatingProxy proxy) : IClassFixture<ValidatingProxy>
{
    [NodeFact]
    public async Task EveryDocumentedCall_IsAsTheDocumentSays()
    {
        using var direct = proxy.Server.Rest();
        var wrong = new List<string>();
        foreach (var (method, path, _, query, body, _, responses) in Documented.Operations)
        {
            using var rest = proxy.Rest(path);
            var call = await DocumentedCall.PrepareAsync(direct, method, path, query, body);
            using var response = await call.SendAsync(rest, call.Body?.ToJsonString() ?? "", "application/json", "application/json");
            if ((int)response.StatusCode != int.Parse(responses[..3], null))
            {
                wrong.Add($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Where there are nulls: unselected properties, nothing found, and rows without device and key.</summary>
    [NodeTheory]
    [InlineData("GET", "api/v1/ForeignApp/{id}?$select=Name", null, 200)]
    [InlineData("POST", "api/v1/Agents/ForeignSystem/GetAppByName?$select=CreatedBy", """{"ApplicationName":"{app}"}""", 200)]
    [InlineData("POST", "api/v1/Agents/ForeignSystem/GetKey", """{"ApplicationName":"none","DeviceName":"unit"}""", 200)]
    [InlineData("POST", "api/v1/Agents/ForeignSystem/GetKeyValue", """{"ApplicationName":"none","DeviceName":"unit"}""", 200)]
    [InlineData("POST", "api/v1/Agents/ForeignSystem/GetDeviceByName", """{"ApplicationName":"none","DeviceName":"unit"}""", 200)]
    [InlineData("GET", "api/v1/ForeignApp?$filter=appName eq '{app}'", null, 200)]
    [InlineData("GET", "api/v1/ForeignApp?$select=*&$top=1&$count=true", null, 200)]
    [InlineData("PUT", "api/v1/ForeignApp/{app}/unit/1/Key", """{"Key":"k","Value":null,"TableRight":null}""", 200)]
    [InlineData("GET", "api/v1/ForeignApp/{app}/Devices", null, 200)]
    [InlineData("GET", "api/v1/ForeignApp/{app}/none/1", null, 404)]
    [InlineData("POST", "api/v1/Session/Tickets", null, 200)]
    [InlineData("GET", "api/v1/Session/Tickets", null, 200)]
    [InlineData("GET", "api/v1/User/currentPrincipal", null, 200)]
    [InlineData("GET", "api/v1/TimeZone", null, 200)]
    [InlineData("GET", "api/v1/Contact/7/ForeignKey", null, 200)]
    [InlineData("GET", "api", null, 200)]
    public async Task CallWithNulls_IsAsTheDocumentSays(string method, string address, string? body, int status)
    {
        var app = $"proxy {Guid.NewGuid():N}";
        using var direct = proxy.Server.Rest();
        using var created = await direct.PutAsync($"api/v1/ForeignApp/{app}", null);
        var id = (int)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["ForeignAppId"]!;
        using var rest = proxy.Rest(address);
        using var request = new HttpRequestMessage(new HttpMethod(method), Fill(address));
        request.Content = body is null ? null : new StringContent(Fill(body), Encoding.UTF8, "application/json");

        using var response = await rest.SendAsync(request);

        Assert.True((int)response.StatusCode == status, await response.Content.ReadAsStringAsync());

        string Fill(string text) => text
            .Replace("{app}", app, StringComparison.Ordinal).Replace("{id}", $"{id}", StringComparison.Ordinal);
    }

    [NodeFact]
    public async Task CallThatTheDocumentDoesNotHave_IsRefusedByTheProxy()
    {
        using var rest = proxy.Rest("");

        using var response = await rest.GetAsync("api/v1/ForeignApp?$top=many");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }
}
