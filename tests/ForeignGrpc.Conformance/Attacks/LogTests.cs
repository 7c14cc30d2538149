using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Conformance;

/// <summary>What callers send never becomes a line of the log, nor do secrets.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private const string Forged = "x\r\n2026-11-23 12:00:00 fail: FORGED\u001b[31m\0";
    private const string Secret = "S3cret-Passw0rd";

    private readonly ServerProcess _server = new();

    public async Task InitializeAsync()
    {
        // All that the server and its framework can say.
        _server.Settings["Logging__LogLevel__Default"] = "Debug";
        _server.Settings["Logging__LogLevel__Microsoft.AspNetCore"] = "Debug";
        _server.Settings["Logging__LogLevel__Microsoft.AspNetCore.Server.Kestrel"] = "Information";
        _server.Settings["Logging__LogLevel__Grpc"] = "Debug";
        _server.Settings["Logging__LogLevel__ForeignGrpc.Server.Security"] = "Debug";
        await _server.InitializeAsync();
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task LineBreaksInEveryString_AreStoredExactly_AndForgeNoLine()
    {
        var printable = Forged.Replace("\0", "", StringComparison.Ordinal);
        using var rest = _server.Rest();
        var path = Uri.EscapeDataString(printable);
        using var put = await rest.PutAsync(
            $"api/v1/ForeignApp/{path}/unit/{path}/Key", Json(new JsonObject { ["Key"] = Forged, ["Value"] = Forged }));
        Assert.Equal(Forged, (string?)JsonNode.Parse(await put.Content.ReadAsStringAsync())!["Value"]);
        using var missing = await rest.GetAsync($"api/v1/ForeignApp/{path}/none/{path}");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var filter = await rest.GetAsync($"api/v1/ForeignApp?$filter={path}");
        Assert.Equal(HttpStatusCode.BadRequest, filter.StatusCode);
        using var route = await rest.GetAsync($"no/{path}");
        Assert.Equal(HttpStatusCode.NotFound, route.StatusCode);
        using var login = await rest.PostAsync(
            "api/v1/Session/Login", Json(new JsonObject { ["UserName"] = Forged, ["Password"] = Forged }));
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/ForeignApp");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Forged}:{Secret}")));
        using var refused = await rest.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        var (grpc, metadata) = _server.Grpc();
        var saved = await grpc.SaveForeignKeyAsync(
            new SaveForeignKeyRequest
            {
                ApplicationName = Forged,
                DeviceName = Forged[..20],
                ForeignKey = new ForeignKey { KeyName = Forged, KeyValue = Forged, TableName = Forged }
            },
            metadata);
        Assert.Equal(Forged, saved.TableName);
        await Assert.ThrowsAsync<RpcException>(
            async () => await grpc.GetAppByNameAsync(new GetAppByNameRequest { ApplicationName = Forged + "2" }, metadata));

        await _server.StopAsync();
        Assert.DoesNotContain(
            _server.Log.Split('\n'), line => line.TrimStart().StartsWith("2026-11-23 12:00:00", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b[31m", _server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretsOfEveryKind_StayOutOfTheLog_AndOutOfTheFile()
    {
        using var rest = _server.Rest();
        using var issued = await rest.PostAsync("api/v1/Session/Tickets", null);
        var ticket = (string)JsonNode.Parse(await issued.Content.ReadAsStringAsync())!["Ticket"]!;
        using var anyone = new HttpClient { BaseAddress = _server.RestUri };
        using var login = await anyone.PostAsync(
            "api/v1/Session/Login", Json(new JsonObject { ["UserName"] = "tje0", ["Password"] = "Tje0" }));
        var xsrfToken = (string)JsonNode.Parse(await login.Content.ReadAsStringAsync())!["XsrfToken"]!;
        var session = login.Headers.GetValues("Set-Cookie").First().Split('=', ';')[1];
        using var wrong = await anyone.PostAsync(
            "api/v1/Session/Login", Json(new JsonObject { ["UserName"] = "tje0", ["Password"] = Secret }));
        using var used = new HttpRequestMessage(HttpMethod.Get, "api/v1/ForeignApp");
        used.Headers.TryAddWithoutValidation("Authorization", $"SoTicket {ticket}");
        Assert.True((await anyone.SendAsync(used)).IsSuccessStatusCode);
        using var token = new HttpRequestMessage(HttpMethod.Get, "api/v1/ForeignApp");
        token.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Secret}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await anyone.SendAsync(token)).StatusCode);

        await _server.StopAsync();
        var file = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_server.DatabaseFile));
        foreach (var secret in new[] { ticket, session, Uri.UnescapeDataString(session), xsrfToken, Secret, "Tje0", "dGplMDpUamUw" })
        {
            Assert.DoesNotContain(secret, _server.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, file, StringComparison.Ordinal);
        }
    }

    private static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");
}
