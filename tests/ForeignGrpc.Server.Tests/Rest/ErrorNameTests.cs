using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ForeignGrpc.Server.Messages;
using ForeignGrpc.Server.Rest;
using ForeignSystem.V1;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ForeignGrpc.Server.Tests;

/// <summary>The names that errors over REST give to parameters and properties: those of the documented API.</summary>
public sealed partial class ErrorNameTests(ErrorNameTests.StrictServer strict) : IClassFixture<ErrorNameTests.StrictServer>
{
    private const string Json = "application/json";
    private const string Xml = "application/xml";
    private const string Form = "application/x-www-form-urlencoded";
    private const string JsonPatch = "application/json-patch+json";
    private const string MergePatch = "application/merge-patch+json";
    private const string Key = "ForeignApp/a/b/c/Key";
    private const string App = "ForeignApp";
    private const string Agent = "Agents/ForeignSystem/";

    private static readonly string TooLong = new('x', 300);

    private readonly RunningServer _server = strict.Server;

    [Fact]
    public async Task EveryOperation_NamesEveryInvalidValue_AsDocumented()
    {
        var rest = _server.Rest();
        var operations = _server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<RestOperation>())
            .OfType<RestOperation>()
            .Where(operation => operation.Method.Service == ForeignSystemAgent.Descriptor && !operation.TakesPatch)
            .ToList();
        var told = new Dictionary<string, string>();
        foreach (var operation in operations)
        {
            var names = new HashSet<string>();
            using var request = new HttpRequestMessage(new HttpMethod(operation.Verb), Url(operation, names));
            if (operation.TakesBody)
            {
                var schema = operation.BodyField?.Message ?? operation.Request;
                request.Content = Http.Json(Body(schema, "", names).ToJsonString());
            }

            using var response = await rest.SendAsync(request);
            if (names.Count > 0)
            {
                var message = await response.ReadErrorAsync(HttpStatusCode.BadRequest);
                var given = FirstWords().Matches(message).Select(match => match.Groups[1].Value).ToList();
                Assert.True(given.Count > 0 && given.TrueForAll(names.Contains), $"{request.Method} {request.RequestUri}: {message}");
                told[$"{operation.Verb} {operation.Template.Documented}"] = string.Join(' ', given);
            }
        }

        Assert.Equal("applicationName deviceName deviceIdentifier Value Key TableName RecordId".Split(' ').Order(),
            told["PUT /api/v1/ForeignApp/{applicationName}/{deviceName}/{deviceIdentifier}/Key"].Split(' ').Distinct().Order());
        Assert.Equal("Name Devices[0].Name Devices[0].DeviceIdentifier Devices[0].ForeignDeviceId".Split(' ').Order(),
            told["PUT /api/v1/ForeignApp/{id}"].Split(' ').Order());
        Assert.StartsWith("ApplicationName DeviceName DeviceIdentifier ForeignKey.", told["POST /api/v1/" + Agent + "SaveForeignKey"],
            StringComparison.Ordinal);
        Assert.Equal("$select $filter $orderBy $skiptoken $inlinecount $mode $options".Split(' ').Order(),
            told["GET /api/v1/ForeignApp"].Split(' ').Order());
        Assert.Contains("Value", told[
            "GET /api/v1/ForeignApp/{applicationName}/{deviceName}/{deviceIdentifier}/Key/{keyName}/{tableName}"].Split(' '));
        Assert.True(told.Count >= 45, $"{told.Count} operations told the names of fields");
    }

    [Theory]
    [InlineData("PUT", Key, Xml, "<ForeignKey><RecordId>-1</RecordId><TableName>contact</TableName></ForeignKey>", "RecordId must be 0")]
    [InlineData("POST", Key, Form, "RecordId=-1&TableName=contact", "RecordId must be 0")]
    [InlineData("PUT", Key, Json, """{"Key":"k","TableName":"nonsense"}""", "TableName 'nonsense' is not")]
    [InlineData("PUT", Key, MergePatch, """{"key":"k","value":[]}""", "Value must be a string.")]
    [InlineData("PUT", Key, MergePatch, """{"Key":"k","RecordId":-1,"TableName":"contact"}""", "RecordId must be 0")]
    [InlineData("POST", Key, JsonPatch, """[{"op":"add","path":"/Key","value":{}}]""", "[0].value must be a string.")]
    [InlineData("POST", Key, JsonPatch, """[{"op":"add","path":"/Key","value":"k"},{"op":"add","path":"/RecordId","value":-1}]""",
        "RecordId must be 0")]
    [InlineData("PATCH", App, MergePatch, """{"name":7,"devices":[{"name":{}}]}""", "Devices[0].Name must be a string.")]
    [InlineData("PATCH", App, Json, """{"Name":[]}""", "Name must be a string.")]
    [InlineData("PATCH", App, MergePatch, """{"Name":""}""", "Name must not be blank.")]
    [InlineData("PATCH", App, JsonPatch, """[{"op":"replace","path":"/Devices","value":[{},{"Name":[]}]}]""",
        "[0].value[1].Name must be a string.")]
    [InlineData("PATCH", App, JsonPatch, """[{"op":"add","path":"/Devices","value":[{"ForeignDeviceId":-1,"Name":"n"}]}]""",
        "Devices[0].ForeignDeviceId must be 0")]
    [InlineData("PATCH", App, JsonPatch, """[{"op":"move","path":"/Name"}]""", "[0].op must be")]
    [InlineData("POST", App, JsonPatch, """[{"op":"move","path":"/Name"}]""", "[0].op must be")]
    [InlineData("POST", App, Xml, "<ForeignAppEntity><Devices><ForeignDevice/></Devices></ForeignAppEntity>", "Name must not be blank.")]
    [InlineData("POST", Agent + "SaveForeignKey", Json, """{"ApplicationName":"a","ForeignKey":{"Key":"k","TableName":"nonsense"}}""",
        "ForeignKey.TableName 'nonsense'")]
    [InlineData("POST", Agent + "SaveForeignKey", Json, """{"ApplicationName":"a","Changes":[{"op":"move","path":"/Key"}]}""",
        "Changes[0].op must be")]
    [InlineData("POST", Agent + "SaveForeignAppEntity", Json, """{"Name":""}""", "Name must not be blank.")]
    [InlineData("GET", "ForeignApp/a/b/Key/k/contact", null, null, "keyValue is required.")]
    [InlineData("GET", "ForeignApp/a/b/c/Key/k/contact", null, null, "Value is required.")]
    [InlineData("GET", "ForeignApp?$filter=nothing eq 1", null, null, "$filter has")]
    [InlineData("GET", "ForeignApp?$fitler=x", null, null, "$fitler is not a parameter")]
    [InlineData("GET", "ForeignApp?$top=x", null, null, "$top must be a 32-bit integer")]
    [InlineData("GET", "ForeignApp?$skip=-1", null, null, "$skip must be 0 or more")]
    [InlineData("DELETE", "ForeignApp/-1", null, null, "id must be 0 or more")]
    [InlineData("DELETE", "ForeignApp/a/b/c/Key/k//5", null, null, "recordId must be 0 when the table name is blank")]
    [InlineData("POST", Agent + "GetForeignDevice?foreignDeviceId=x", null, null, "foreignDeviceId must be a 32-bit integer")]
    public async Task Errors_BeginWithTheDocumentedName(string verb, string path, string? contentType, string? body, string expected)
    {
        var rest = _server.Rest();
        if (verb == "PATCH")
        {
            path += $"/{(int)(await (await rest.PutAsync("ForeignApp/patched", null)).ReadAsync())!["ForeignAppId"]!}";
        }

        foreach (var accept in new[] { Json, Xml })
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), path).With(("Accept", accept));
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, contentType!);
            using var response = await rest.SendAsync(request);

            var text = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var (before, quote) = accept == Json ? ("\"Message\":\"", "\\\"") : ("<Message>", "\"");
            Assert.Contains(before + expected.Replace("\"", quote, StringComparison.Ordinal), text, StringComparison.Ordinal);
        }
    }

    /// <summary>The address of an operation, with an invalid value for every parameter. Adds their names.</summary>
    private static string Url(RestOperation operation, HashSet<string> names)
    {
        var path = Regex.Replace(operation.Template.Documented[1..], @"\{(\w+)\}", parameter =>
        {
            var isNumber = operation.Template.Parameters.Any(
                field => field.Field.Field.PathName == parameter.Groups[1].Value && field.Field.Field.Type == FieldType.Int32);
            return isNumber ? "1" : names.Add(parameter.Groups[1].Value) ? TooLong : "";
        });
        var query = operation.QueryFields
            .Where(field => field.Type == FieldType.String && field.QueryName != "$format")
            .Select(field => names.Add(field.QueryName) ? $"{field.QueryName}={TooLong}" : "");
        return $"/{path}?{string.Join('&', query)}";
    }

    /// <summary>A body with an invalid value for every property. Adds the paths of the properties.</summary>
    private static JsonObject Body(MessageSchema schema, string prefix, HashSet<string> names)
    {
        var body = new JsonObject();
        foreach (var field in schema.Fields.Where(
            field => field is { IsOutputOnly: false, IsMap: false, IsPatch: false, IsTimestamp: false }))
        {
            var path = prefix + field.JsonName;
            names.Add(path);
            body[field.JsonName] = field switch
            {
                { Message: { } inner, IsList: true } => new JsonArray(Body(inner, path + "[0].", names)),
                { Message: { } inner } => Body(inner, path + ".", names),
                { Type: FieldType.Int32 } => -1,
                _ => TooLong,
            };
        }

        return body;
    }

    /// <summary>A server on which short values are too long and tables must be documented ones.</summary>
    public sealed class StrictServer : IAsyncLifetime
    {
        public RunningServer Server { get; } = new() { Settings = ["--Limits:Value=200", "--Tables:AcceptUnknown=false"] };

        public Task InitializeAsync() => Server.InitializeAsync();

        public Task DisposeAsync() => Server.DisposeAsync();
    }

    [GeneratedRegex(@"(?:^|\. )(\S+) ")]
    private static partial Regex FirstWords();
}
