using System.Text.Json.Nodes;

namespace ForeignGrpc.Conformance;

/// <summary>The OpenAPI document against the facts of the documented API, and the reference page in a browser.</summary>
public sealed class OpenApiTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private static readonly string[] Verbs = ["get", "put", "post", "delete", "patch"];

    private static readonly string[] Entities = ["ForeignKey", "ForeignDevice", "ForeignAppEntity"];

    private static readonly string[] Sessions =
    [
        "post /api/v1/Session/Tickets", "get /api/v1/Session/Tickets", "delete /api/v1/Session/Tickets/{ticketId}",
        "post /api/v1/Session/Login", "post /api/v1/Session/Logout",
    ];

    private static readonly string[] Neighbours =
    [
        "get /api", "get /api/state/{tenant}", "get /api/v1/Archive/ForeignKeys", "post /api/v1/Agents/Archive/GetArchiveListByColumns",
        "post /api/v1/Agents/Archive/GetAvailableColumns", "post /api/v1/Agents/Archive/GetProviderNames",
        "get /api/v1/User/currentPrincipal", "get /api/v1/User/current", "get /api/v1/User/currentAssociate",
        "get /api/v1/TimeZone", "get /api/v1/TimeZone/base", "get /api/v1/TimeZone/current",
        "get /api/v1/Contact/{id}/ForeignKey", "get /api/v1/Person/{id}/ForeignKey", "get /api/v1/Project/{id}/ForeignKey",
        "get /api/v1/Sale/{id}/ForeignKey", "get /api/v1/Document/{id}/ForeignKey", "get /api/v1/Appointment/{id}/ForeignKey",
        "get /api/v1/User/{id}/ForeignKey", "get /api/v1/Ticket/{id}/ForeignKey", "get /api/v1/TicketMessage/{id}/ForeignKey",
    ];

    [Fact]
    public async Task Document_HasEveryDocumentedOperation_WithItsParameters()
    {
        var document = await ReadAsync();
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        foreach (var documented in Documented.Operations)
        {
            var operation = document["paths"]?[documented.Path]?[documented.Method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{documented.Method} {documented.Path} is missing.");
            var parameters = operation["parameters"]!.AsArray().Select(parameter => Resolve(document, parameter!)).ToList();
            string[] expected =
            [
                .. Names(documented.PathParameters, "path"), .. Names(documented.Query, "query"), .. Names(documented.Headers, "header"),
            ];
            var actual = parameters
                .Select(parameter => $"{parameter["in"]} {parameter["name"]}{((bool?)parameter["required"] is true ? "!" : "")}")
                .Except(["header If-Modified-Since", "header If-Unmodified-Since", "query $skiptoken"]).ToHashSet();

            Assert.True(
                actual.IsSupersetOf(expected),
                $"{documented.Method} {documented.Path} has {string.Join(", ", actual)}, not all of {string.Join(", ", expected)}.");
        }
    }

    [Fact]
    public async Task Document_HasNoOperationButTheDocumented_ThoseOfSessions_AndTheirNeighbours()
    {
        var document = await ReadAsync();

        var actual = document["paths"]!.AsObject()
            .SelectMany(
                path => path.Value!.AsObject().Where(pair => Verbs.Contains(pair.Key)), (path, operation) => $"{operation.Key} {path.Key}");

        var documented = Documented.Operations.Select(operation => $"{operation.Method.ToLowerInvariant()} {operation.Path}");
        Assert.Equal(documented.Concat(Sessions).Concat(Neighbours).Order(), actual.Order());
    }

    [Fact]
    public async Task Document_HasEveryDocumentedBodyAndResponse()
    {
        var document = await ReadAsync();
        foreach (var documented in Documented.Operations)
        {
            var operation = document["paths"]![documented.Path]![documented.Method.ToLowerInvariant()]!;
            foreach (var response in documented.Responses.Split("; "))
            {
                var (status, type) = response.Split(':') is [var code, var of] ? (code, of) : (response, null);
                var actual = operation["responses"]?[status] is { } found ? Resolve(document, found) : null;
                Assert.True(actual is not null, $"{documented.Method} {documented.Path} has no response {status}.");
                Assert.Equal(type, type is null ? null : TypeOf(actual["content"]!["application/json"]!["schema"]!));
            }

            if (documented.Body.Split(':') is [var name, var bodyType] && name != "changes")
            {
                Assert.Equal(bodyType, TypeOf(operation["requestBody"]!["content"]!["application/json"]!["schema"]!));
            }
        }
    }

    [Fact]
    public async Task Document_HasEveryDocumentedProperty()
    {
        var schemas = (await ReadAsync())["components"]!["schemas"]!;
        foreach (var (type, properties) in Documented.Properties)
        {
            var schema = schemas[type];
            Assert.True(schema is not null, $"{type} is missing.");
            Assert.Equal(properties, PropertiesOf(schema, schemas).Except(["Changes", "odata.count"]));
        }
    }

    [Fact]
    public async Task Document_DescribesEverything()
    {
        var document = await ReadAsync();
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(pair => pair.Value!))
        {
            Assert.NotEmpty((string)operation["description"]!);
            Assert.All(operation["parameters"]!.AsArray().Select(parameter => Resolve(document, parameter!)), parameter =>
            {
                Assert.NotEmpty((string)parameter["description"]!);
                Assert.True(parameter["example"] is not null, $"{parameter["name"]} has no example.");
            });
        }

        Assert.All(
            document["components"]!["responses"]!.AsObject(),
            response => Assert.True(response.Value!["headers"]?["Cache-Control"] is not null, $"{response.Key} has no headers."));

        Assert.NotEmpty(document["components"]!["securitySchemes"]!.AsObject());
        Assert.NotEmpty(document["security"]!.AsArray());
        var properties = document["components"]!["schemas"]!["ForeignKey"]!["properties"]!;
        Assert.Equal("C-1", (string)properties["Value"]!["examples"]![0]!);
        Assert.True((bool)properties["CreatedBy"]!["readOnly"]!);
        Assert.Contains("8,000", (string)properties["Value"]!["description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_OperationIds_AreUnique_AndOfLettersAndDigits_AndTheTagsAreDeclared()
    {
        var document = await ReadAsync();
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(pair => pair.Value!).ToList();
        var ids = operations.ConvertAll(operation => (string)operation["operationId"]!);

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(ids, id => Assert.Matches("^[A-Z][A-Za-z0-9]+$", id));
        var declared = document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!).ToHashSet();
        Assert.All(operations, operation => Assert.Contains((string)operation["tags"]![0]!, declared));
        Assert.All(document["tags"]!.AsArray(), tag => Assert.NotEmpty((string)tag!["description"]!));
    }

    [BrowserFact]
    public async Task ReferencePage_TriesAnOperation_AndAsksNoOtherHost()
    {
        await NodePackages.InstalledAsync();
        var output = await Tool.MustRunAsync(
            "node", ["reference-page.cjs", server.RestUri.ToString(), Tool.PathOf("chromium"), ServerProcess.User, ServerProcess.Password],
            Tool.Node);

        var outcome = JsonNode.Parse(output)!;
        Assert.Equal(200, (int)outcome["status"]!);
        Assert.Equal(
            Documented.Properties["ForeignAppEntity"], JsonNode.Parse((string)outcome["body"]!)!.AsObject().Select(pair => pair.Key));
        Assert.Empty(outcome["foreign"]!.AsArray());
        Assert.Empty(outcome["errors"]!.AsArray());
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("reference/scalar.js")]
    public async Task ReferencePage_LetsNoOtherPageFrameIt_AndRunsNothingOfOthers(string path)
    {
        using var rest = server.Rest();

        using var page = await rest.GetAsync(path);

        page.EnsureSuccessStatusCode();
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], page.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], page.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["no-referrer"], page.Headers.GetValues("Referrer-Policy"));
    }

    [Fact]
    public async Task Document_SaysWhatCanBeNull_HowLongTextsAre_AndWhichValuesThereAre()
    {
        var schemas = (await ReadAsync())["components"]!["schemas"]!;

        Assert.All(
            Entities,
            entity => Assert.All(
                schemas[entity]!["properties"]!.AsObject(), property => Assert.True(CanBeNull(property.Value!), property.Key)));
        Assert.False(CanBeNull(schemas["TableRight"]!["properties"]!["Mask"]!));
        Assert.False(CanBeNull(schemas["ForeignKeyRow"]!["properties"]!["keyName"]!));
        Assert.Equal(239, (int)schemas["ForeignKey"]!["properties"]!["Key"]!["maxLength"]!);
        Assert.Equal(1, (int)schemas["GetKeyRequest"]!["properties"]!["ApplicationName"]!["minLength"]!);
        Assert.Equal(4, schemas["PatchOperation"]!["properties"]!["op"]!["enum"]!.AsArray().Count);
        Assert.Equal("integer", (string)schemas["ForeignKeyRow"]!["properties"]!["recordId"]!["type"]!);
    }

    [Theory]
    [InlineData("openapi/v1.json", "application/json", "\"openapi\": \"3.1")]
    [InlineData("openapi/v1.yaml", "application/yaml", "openapi: '3.1")]
    [InlineData("openapi/3.0/v1.json", "application/json", "\"openapi\": \"3.0")]
    [InlineData("openapi/3.0/v1.yaml", "application/yaml", "openapi: 3.0")]
    public async Task Document_IsThere_InEachVersionAndFormat(string path, string type, string version)
    {
        using var rest = server.Rest();
        rest.DefaultRequestHeaders.Authorization = null;

        using var response = await rest.GetAsync(path);

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal($"{type}; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains(version, text, StringComparison.Ordinal);
        Assert.Equal(Documented.Operations.Count + Sessions.Length + Neighbours.Length, text.Split("operationId").Length - 1);
        Assert.InRange(text.Length, 1, 500_000);
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var rest = server.Rest();
        rest.DefaultRequestHeaders.Authorization = null;
        return JsonNode.Parse(await rest.GetStringAsync("openapi/v1.json"))!;
    }

    private static IEnumerable<string> Names(string documented, string place) => documented
        .Split(", ", StringSplitOptions.RemoveEmptyEntries)
        .Select(parameter => $"{place} {parameter.Split(':')[0]}{(place == "path" || parameter.EndsWith('!') ? "!" : "")}");

    private static JsonNode Resolve(JsonNode document, JsonNode node) => (string?)node["$ref"] is { } reference
        ? reference.Split('/').Skip(1).Aggregate(document, (at, step) => at[step]!)
        : node;

    private static bool CanBeNull(JsonNode schema) =>
        (schema["type"] is JsonArray types && types.Any(type => (string)type! == "null"))
        || (schema["oneOf"] is JsonArray choices && choices.Any(choice => (string?)choice!["type"] == "null"));

    /// <summary>The documented name of a schema's type: of a component, of an array of one, of a string, of a dictionary.</summary>
    private static string TypeOf(JsonNode schema)
    {
        if ((string?)schema["$ref"] is { } reference)
        {
            return reference.Split('/')[^1];
        }

        if (schema["oneOf"] is { } choices)
        {
            return TypeOf(choices[0]!);
        }

        var types = schema["type"] is JsonArray several ? several.Select(type => (string)type!).ToArray() : [(string)schema["type"]!];
        return types.Single(type => type != "null") switch
        {
            "array" => TypeOf(schema["items"]!) + "[]",
            "object" => $"map<string,{TypeOf(schema["additionalProperties"]!)}>",
            var type => type,
        };
    }

    private static IEnumerable<string> PropertiesOf(JsonNode schema, JsonNode schemas) => schema["allOf"] is JsonArray parts
        ? parts.SelectMany(
            part => PropertiesOf((string?)part!["$ref"] is { } reference ? schemas[reference.Split('/')[^1]]! : part, schemas))
        : schema["properties"]!.AsObject().Select(pair => pair.Key);
}
