using System.Net;
using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>
/// Every documented operation, from the facts in `Documented/operations.tsv`: it is routed, under its method, answers with a
/// documented status, and has exactly the documented properties.
/// </summary>
public abstract class DocumentedOperationsTests(Service service)
{
    private readonly Service _server = service.OrSkip();

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

    [SkippableFact]
    public void AllFacts_AreThere() => Assert.Equal(54, Operations.Count);

    [SkippableTheory]
    [MemberData(nameof(Operations))]
    public async Task Operation_AnswersAsDocumented(string method, string path, string query, string body, string responses)
    {
        using var rest = _server.Rest();
        var call = await DocumentedCall.PrepareAsync(rest, method, path, query, body);
        var documented = responses.Split("; ");
        var (status, type) = documented[0].Split(':') is [var code, .. var rest0]
            ? (int.Parse(code, null), rest0.FirstOrDefault())
            : default;
        using var response = await call.SendAsync(rest, call.Body?.ToJsonString() ?? "null", "application/json", "application/json");

        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path} answered {(int)response.StatusCode}: {text}");
        AssertProperties(type, text);
    }

    [SkippableTheory]
    [MemberData(nameof(Operations))]
    public async Task Operation_WithoutACredential_Is401(string method, string path, string query, string body, string responses)
    {
        using var rest = _server.Rest();
        rest.DefaultRequestHeaders.Authorization = null;
        using var request = new HttpRequestMessage(
            new HttpMethod(method), DocumentedCall.Fill(path, "app", 1) + DocumentedCall.Query(query, 1, 1));

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
                Assert.All(
                    result.AsArray(), item => Assert.Equal(Documented.Properties[type[..^2]], item!.AsObject().Select(pair => pair.Key)));
                break;
            default:
                Assert.Equal(Documented.Properties[type], result!.AsObject().Select(pair => pair.Key));
                break;
        }
    }

    public sealed class OnSqlite(ServerProcess server) : DocumentedOperationsTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : DocumentedOperationsTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : DocumentedOperationsTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : DocumentedOperationsTests(server);
}
