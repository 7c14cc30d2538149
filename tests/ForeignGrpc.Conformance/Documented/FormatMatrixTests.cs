using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ForeignGrpc.Conformance;

/// <summary>Every documented operation, in every documented content type, answered in every documented one.</summary>
public abstract class FormatMatrixTests(Service service)
{
    private static readonly string[] ResponseTypes =
        ["application/json", "text/json", "application/xml", "text/xml", "application/json-patch+json", "application/merge-patch+json"];

    private static readonly string[] RequestTypes = [.. ResponseTypes, "application/x-www-form-urlencoded"];

    private readonly Service _server = service.OrSkip();

    public static TheoryData<string, string, string, string, string> Operations => DocumentedOperationsTests.Operations;

    [SkippableTheory]
    [MemberData(nameof(Operations))]
    public async Task Operation_HasOneResult_InEveryFormat(string method, string path, string query, string body, string responses)
    {
        using var rest = _server.Rest();
        var call = await DocumentedCall.PrepareAsync(rest, method, path, query, body);
        string? first = null;
        var isPatch = method == "PATCH";
        foreach (var requestType in call.Body is null ? ["application/json"] : RequestTypes)
        {
            foreach (var responseType in ResponseTypes)
            {
                using var response = await call.SendAsync(rest, Encode(call, requestType, isPatch), requestType, responseType);
                var text = await response.Content.ReadAsStringAsync();
                var which = $"{method} {path} as {requestType} for {responseType}: {(int)response.StatusCode} {text}";
                if (isPatch
                    && (requestType.EndsWith("xml", StringComparison.Ordinal)
                        || requestType.EndsWith("urlencoded", StringComparison.Ordinal)))
                {
                    Assert.True(response.StatusCode == HttpStatusCode.UnsupportedMediaType, which);
                    continue;
                }

                Assert.True(responses.StartsWith($"{(int)response.StatusCode}", StringComparison.Ordinal), which);
                if (response.StatusCode == HttpStatusCode.NoContent)
                {
                    Assert.True(text.Length == 0, which);
                    continue;
                }

                Assert.True(response.Content.Headers.ContentType!.MediaType == responseType, which);
                var result = Shape(text, responseType);
                first ??= result;
                Assert.True(first == result, $"{which}\n{first}\n{result}");
            }
        }
    }

    private static string Encode(DocumentedCall call, string mediaType, bool isPatch) => mediaType switch
    {
        "application/json" or "text/json" => call.Body?.ToJsonString() ?? "null",
        "application/xml" or "text/xml" => isPatch ? "<Changes/>" : ToXml(call.BodyType, call.Body!.AsObject()).ToString(),
        "application/x-www-form-urlencoded" => isPatch ? "x=1" : string.Join('&', ToForm(call.Body!.AsObject(), "")),
        "application/merge-patch+json" => isPatch ? "{}" : call.Body!.ToJsonString(),
        _ => isPatch ? call.Body!.ToJsonString() : new JsonArray([.. call.Body!.AsObject().Select(pair => (JsonNode)new JsonObject
        {
            ["op"] = "add", ["path"] = $"/{pair.Key}", ["value"] = pair.Value?.DeepClone(),
        })]).ToJsonString(),
    };

    private static XElement ToXml(string name, JsonObject value) => new(name, value.Select(pair => pair.Value is JsonObject inner
        ? ToXml(pair.Key, inner)
        : new XElement(pair.Key, pair.Value!.ToString())));

    private static IEnumerable<string> ToForm(JsonObject value, string prefix) => value.SelectMany(pair => pair.Value is JsonObject inner
        ? ToForm(inner, $"{prefix}{pair.Key}.")
        : [$"{prefix}{pair.Key}={Uri.EscapeDataString(pair.Value!.ToString())}"]);

    /// <summary>The names of all properties and the texts of all values, but for dates, alike for JSON and XML.</summary>
    private static string Shape(string text, string mediaType)
    {
        var parts = new StringBuilder();
        if (mediaType.EndsWith("xml", StringComparison.Ordinal))
        {
            Walk(XDocument.Parse(text).Root!);
        }
        else
        {
            WalkJson(JsonNode.Parse(text));
        }

        return parts.ToString();

        void Walk(XElement element)
        {
            if (!element.HasElements)
            {
                Value(element.Value);
            }

            foreach (var child in element.Elements())
            {
                if (child.Name == "Entry")
                {
                    parts.Append(child.Element("Key")!.Value).Append('{');
                    Walk(child.Element("Value")!);
                }
                else
                {
                    var isItem = child.Name == "ForeignDevice" || child.Name == "ForeignKey" || child.Name == "Object";
                    parts.Append(isItem ? "" : child.Name.LocalName).Append('{');
                    Walk(child);
                }

                parts.Append('}');
            }
        }

        void WalkJson(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject properties when properties.Count > 0:
                    foreach (var (name, value) in properties)
                    {
                        parts.Append(name).Append('{');
                        WalkJson(value);
                        parts.Append('}');
                    }

                    break;
                case JsonArray { Count: > 0 } items:
                    foreach (var item in items)
                    {
                        parts.Append('{');
                        WalkJson(item);
                        parts.Append('}');
                    }

                    break;
                case JsonValue value:
                    Value(value.ToString());
                    break;
            }
        }

        void Value(string value) =>
            parts.Append(DateTimeOffset.TryParse(value, null, out _) && value.Contains('T', StringComparison.Ordinal) ? "date" : value);
    }

    public sealed class OnSqlite(ServerProcess server) : FormatMatrixTests(server), IClassFixture<ServerProcess>;

    [Collection(RestoredServerGroup.Name)]
    public sealed class OnRestored(RestoredServer server) : FormatMatrixTests(server);

    [Collection(PostgresServerGroup.Name)]
    public sealed class OnPostgres(PostgresServer server) : FormatMatrixTests(server);

    [Collection(ThreeServersGroup.Name)]
    public sealed class OnThreeServers(ThreeServers server) : FormatMatrixTests(server);
}
