using System.Net;
using System.Text;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Tests;

/// <summary>Headers that are there twice, or that try to be two.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class HeaderTests(RunningServer server)
{
    [Theory]
    [InlineData("Accept: application/xml;q=0.1\r\nAccept: text/json", "200", "text/json")]
    [InlineData("SO-TimeZone: NO\r\nSO-TimeZone: DK", "400", "SO-TimeZone must be")]
    [InlineData("SO-TimeZone: NO\r\nSO-TimeZone: includeTZOffset", "200", "SO-TimeZone: Europe/Oslo")]
    [InlineData("Content-Type: application/json\r\nContent-Type: application/xml", "415", "this operation accepts application/json")]
    [InlineData("Content-Type: application/json\r\nContent-Type: application/json", "415", "this operation accepts application/json")]
    [InlineData("SO-Language: nb\r\nSO-Language: de", "200", "Content-Language: en")]
    [InlineData("Accept-Language: nb;q=0.1\r\nAccept-Language: de", "200", "Content-Language: de")]
    [InlineData("SO-Language: nb\rX-Injected: 1", "400", "")]
    [InlineData("SO-Language: nb\nX-Injected: 1", "200", "Content-Language: nb")]
    [InlineData("SO-TimeZone: NO\0", "400", "")]
    [InlineData("SO-TimeZone: NO\u00E5", "400", "")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3", "400", "")]
    [InlineData("Host: other", "400", "")]
    public async Task DuplicateAndBrokenHeaders_AreCombinedOrRefused(string headers, string status, string has)
    {
        var length = headers.Contains("Content-Length", StringComparison.Ordinal) ? "" : "Content-Length: 11\r\n";
        var answer = await Http.SendRawAsync(
            server.RestUri,
            $"PUT /api/v1/ForeignApp/headers/unit/1/Key HTTP/1.1\r\nHost: {server.RestUri.Authority}\r\n"
            + $"Authorization: {Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(RunningServer.Credential(UserRole.Writer)))}\r\n"
            + $"Connection: close\r\n{length}{headers}\r\n\r\n{{\"Key\":\"k\"}}");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(has, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Injected", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "ForeignApp/caches", 200, "no-cache, private")]
    [InlineData("GET", "ForeignApp", 200, "no-cache, private")]
    [InlineData("GET", "ForeignApp/nowhere", 404, "no-cache, private")]
    [InlineData("GET", "Agents/nonsense", 404, "no-cache, private")]
    [InlineData("POST", "Agents/ForeignSystem/GetForeignAppEntity?foreignAppEntityId=2147483647", 200, "no-cache, private")]
    [InlineData("DELETE", "ForeignApp/caches/unit/1/Key/k/contact/1", 204, "no-cache, private")]
    [InlineData("GET", "Session/Tickets", 200, "no-store")]
    [InlineData("POST", "Session/Tickets", 200, "no-store")]
    [InlineData("POST", "Session/Logout", 204, "no-store")]
    [InlineData("POST", "Session/Login?UserName=x", 400, "no-store")]
    public async Task Caches_KeepAnswersForTheCallerAlone_AndNoSecrets(string verb, string path, int status, string expected)
    {
        var rest = server.Rest();
        (await rest.PutAsync("ForeignApp/caches/unit/1/Key", Http.Json("""{"Key":"k"}"""))).EnsureSuccessStatusCode();
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        using var answer = await rest.SendAsync(request);

        Assert.Equal((status, expected), ((int)answer.StatusCode, $"{answer.Headers.CacheControl}"));
    }

    [Fact]
    public async Task UnmodifiedAnswer_SaysWhatCachesMayDo_AsTheAnswerItselfDoes()
    {
        var rest = server.Rest();
        (await rest.PutAsync("ForeignApp/unmodified/unit/1/Key", Http.Json("""{"Key":"k"}"""))).EnsureSuccessStatusCode();
        var name = (await (await rest.GetAsync("ForeignApp/unmodified")).ReadAsync())!;
        using var first = await rest.GetAsync($"ForeignApp/{name["ForeignAppId"]}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"ForeignApp/{name["ForeignAppId"]}")
        {
            Headers = { IfModifiedSince = first.Content.Headers.LastModified },
        };
        using var again = await rest.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotModified, "no-cache, private"), (again.StatusCode, $"{again.Headers.CacheControl}"));
    }
}
