using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ForeignGrpc.Store.Model;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>The list as an archive, by its agent: the rows of `GET ForeignApp` in another shape.</summary>
[Collection(RunningServerGroup.Name)]
public sealed class ArchiveTests(RunningServer server) : IAsyncLifetime
{
    private const string Agent = "Agents/Archive/";

    /// <summary>A request, up to what follows in its first restriction.</summary>
    private const string Restricted =
        """{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId","Operator":"=","Values":["1"],""";

    private const string Columns = """["keyName","keyValue","recordId"]""";

    private readonly HttpClient _rest = server.Rest();
    private readonly string _app = $"archive {Guid.NewGuid():N}";

    public async Task InitializeAsync()
    {
        foreach (var (name, value, record) in new[] { ("a", "it's", 1), ("b", "x", 2), ("c", "X", 3), ("d", "", 4) })
        {
            await server.Grpc().SaveForeignKeyAsync(new SaveForeignKeyRequest
            {
                ApplicationName = _app,
                DeviceName = "unit",
                ForeignKey = new ForeignKey { KeyName = name, KeyValue = value, TableName = "contact", RecordId = record },
            });
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""[]""", "abcd")]
    [InlineData("""[{"Name":"keyName","Operator":"=","Values":["b"]}]""", "b")]
    [InlineData("""[{"name":"KEYNAME","operator":"ONEOF","values":["b","d"],"isActive":true}]""", "bd")]
    [InlineData("""[{"Name":"keyValue","Operator":"is","Values":["it's"]}]""", "a")]
    [InlineData("""[{"Name":"keyValue","Operator":"=","Values":["' or 'a' eq 'a"]}]""", "")]
    [InlineData("""[{"Name":"recordId","Operator":"between","Values":["[I:2]","3"]}]""", "bc")]
    [InlineData("""[{"Name":"recordId","Operator":">","Values":[3]}]""", "d")]
    [InlineData("""[{"Name":"keyUpdatedDate","Operator":"today"}]""", "abcd")]
    [InlineData("""[{"Name":"keyUpdatedDate","Operator":"afterTime","Values":["[DT:2999-01-01T00:00:00]"]}]""", "")]
    [InlineData("""[{"Name":"keyUpdatedDate","Operator":"after","Values":["[D:2001-02-03]"]}]""", "abcd")]
    [InlineData("""[{"Name":"keyUpdatedBy","Operator":"currentAssociate","Values":null}]""", "abcd")]
    [InlineData("""[{"Name":"getNoRows","Operator":"=","Values":["true"]}]""", "")]
    [InlineData("""[{"Name":"getAllRows","Operator":"set","Values":["1"]}]""", "abcd")]
    [InlineData("""[{"Name":"keyName","Operator":"=","Values":["b"],"IsActive":false}]""", "abcd")]
    public async Task Restrictions_AreConditions(string restrictions, string names)
    {
        Assert.Equal(names, await NamesAsync($$"""{"Restriction":{{WithApp(restrictions)}}}"""));
    }

    [Theory]
    [InlineData("a Or 0; b And 0", "ab")]
    [InlineData("a And 0; b And 0", "")]
    [InlineData("a None 0; a 0 0", "a")]
    [InlineData("a 2 0; b 1 0; c And 0", "a")]
    [InlineData("a 2 1; b 1 -1; c And 0", "")]
    [InlineData("a or 2; b and 0; c or -1; b or -1", "ab")]
    public async Task Restrictions_AreJoined_AndWithin_Parentheses(string names, string expected)
    {
        var restrictions = names.Split("; ").Select(name => name.Split(' ')).Select(parts =>
            $$"""
            {"Name":"keyName","Operator":"=","Values":["{{parts[0]}}"],"InterOperator":"{{parts[1]}}","InterParenthesis":{{parts[2]}},
            "IsActive":true,"ColumnInfo":{"Name":"keyName"},"DisplayValues":["x"],"SubRestrictions":[],"UniqueHash":7}
            """);

        Assert.Equal(expected, await NamesAsync($$"""{"Restriction":{{WithApp($"[{string.Join(',', restrictions)}]")}}}"""));
    }

    [Theory]
    [InlineData("""[{"Name":"keyName","Direction":"DESC"}]""", 0, 2, "dc")]
    [InlineData("""[{"Name":"recordId","Direction":"asc"}]""", 1, 2, "cd")]
    [InlineData("""[{"Name":"keyName"}]""", 2, 2, "")]
    [InlineData("""null""", 2147483647, 1000, "")]
    [InlineData("""null""", -3, 10, "d")]
    [InlineData("""null""", 0, 0, "abcd")]
    public async Task Pages_AreInOrder(string order, int page, int size, string names)
    {
        Assert.Equal(names, await NamesAsync(
            $$"""{"SortOrder":{{order}},"Restriction":{{WithApp("[]")}},"Page":{{page}},"PageSize":{{size}}}"""));
    }

    [Fact]
    public async Task Rows_AreThoseOfTheList_InJsonXmlAndGrpc()
    {
        var body =
            $$"""{"ProviderName":"ForeignKeys","Columns":{{Columns}},"Restriction":{{WithApp("[]")}},"SortOrder":[{"Name":"keyName"}]}""";
        var rows = await ListAsync(body);
        var list = (await (await _rest.GetAsync(
            $"Archive/ForeignKeys?$filter=appName eq '{_app}'&$select=keyName,keyValue,recordId&$orderBy=keyName")).ReadAsync())!["value"]!;

        Assert.Equal(list.AsArray().Select(row => (string?)row!["PrimaryKey"]), rows.Select(row => $"{(int)row!["PrimaryKey"]!}"));
        Assert.Equal(list.AsArray().Select(row => (string?)row!["keyValue"]), rows.Select(row => Shown(row, "keyValue")));
        Assert.Equal(list.AsArray().Select(row => $"[I:{row!["recordId"]}]"), rows.Select(row => Shown(row, "recordId")));
        Assert.Equal(
            ["EntityName", "PrimaryKey", "ColumnData", "LinkHint", "StyleHint", "TableRight", "FieldProperties"],
            rows[0]!.AsObject().Select(property => property.Key));
        Assert.Equal("foreignKey", (string?)rows[0]!["EntityName"]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Agent}GetArchiveListByColumns").With(("Accept", "application/xml"));
        request.Content = Http.Json(body);
        using var response = await _rest.SendAsync(request);
        var xml = XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!;
        Assert.Equal("ArrayOfArchiveListItem", xml.Name.LocalName);
        Assert.Equal(
            rows.Select(row => $"{row!["PrimaryKey"]}"),
            xml.Elements("ArchiveListItem").Select(row => row.Element("PrimaryKey")!.Value));
        var grpc = await server.Grpc(UserRole.Reader).GetArchiveListByColumnsAsync(new GetArchiveListByColumnsRequest
        {
            ProviderName = "ForeignKeys",
            ColumnNames = { "keyUpdatedDate" },
            RowRestrictions = { new ArchiveRestrictionInfo { ColumnName = "appName", OperatorWord = "=", OperandValues = { _app } } },
        }, new Metadata { { "so-timezone", "BD" } });
        Assert.Equal(4, grpc.ArchiveRows.Count);
        Assert.Matches(@"^\[DT:.*\+06:00\]$", grpc.ArchiveRows[0].ColumnData["keyUpdatedDate"].DisplayValue);
    }

    [Fact]
    public async Task Row_WithoutAKey_IsAsInTheList()
    {
        var app = $"bare {_app}";
        await _rest.PutAsync($"ForeignApp/{app}", null);

        var row = Assert.Single(await ListAsync(
            $$"""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appName","Operator":"=","Values":["{{app}}"]}]}"""))!;

        Assert.Equal(
            ("", "[I:0]", "[DT:0001-01-01T00:00:00]", 14),
            (Shown(row, "keyName"), Shown(row, "recordId"), Shown(row, "keyUpdatedDate"), row["ColumnData"]!.AsObject().Count));
    }

    [Theory]
    [InlineData("""{"ProviderName":"Contact"}""", "ProviderName must be one of ForeignKeys, but is 'Contact'.")]
    [InlineData("""{}""", "ProviderName must be one of ForeignKeys, but is ''.")]
    [InlineData("""{"ProviderName":"ForeignKeys","Columns":["keyName","x"]}""", "Columns[1] has 'x', which is not a column")]
    [InlineData("""{"ProviderName":"ForeignKeys","SortOrder":[{"Name":"x"}]}""", "SortOrder[0].Name has 'x', which is not a column")]
    [InlineData("""{"ProviderName":"ForeignKeys","SortOrder":[{"Name":"appId","Direction":"up"}]}""",
        "SortOrder[0].Direction must be one of ASC, DESC, but is 'up'.")]
    [InlineData("""{"ProviderName":"ForeignKeys","SortOrder":[{"Name":"appId","Direction":2}]}""",
        "SortOrder[0].Direction must be one of ASC, DESC, but is '2'.")]
    [InlineData("""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId eq 1 or keyId","Operator":"=","Values":["1"]}]}""",
        "Restriction[0].Name has 'appId eq 1 or keyId', which is not a column")]
    [InlineData("""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId","Operator":"= 1 or","Values":["1"]}]}""",
        "Restriction[0].Operator must be one of eq, =, ")]
    [InlineData("""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId","Operator":"="}]}""",
        "Restriction[0].Values has 0 values for '='; it takes 1.")]
    [InlineData("""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId","Operator":"isNull","Values":["1"]}]}""",
        "Restriction[0].Values has 1 values for 'isNull'; it takes 0.")]
    [InlineData(Restricted + """ "IsActive":true},{"Name":"appId","Operator":"=","Values":["x"]}]}""",
        "Restriction[1] has 'x' at position")]
    [InlineData("""{"ProviderName":"ForeignKeys","Restriction":[{"Name":"appId","Operator":"begins","Values":["1"]}]}""",
        "Restriction[0] has 'begins' at position")]
    [InlineData(Restricted + """ "InterOperator":"Xor"}]}""",
        "Restriction[0].InterOperator must be one of None, And, Or, but is 'Xor'.")]
    [InlineData(Restricted + """ "InterParenthesis":1}]}""",
        "Restriction ends at position")]
    [InlineData(Restricted + """ "InterParenthesis":2147483647}]}""",
        "Restriction[0].InterParenthesis must be -50 to 50, but is 2147483647.")]
    [InlineData(Restricted + """ "SubRestrictions":[{"Name":"x"}]}]}""",
        "Restriction[0].SubRestrictions must be empty")]
    [InlineData("""{"ProviderName":"ForeignKeys","PageSize":-1}""", "PageSize must be 0 or more, but is -1.")]
    [InlineData("""{"ProviderName":"ForeignKeys","PageSize":2147483647}""", "PageSize must be at most")]
    public async Task WhatIsWrong_IsNamed(string body, string expected)
    {
        using var response = await _rest.PostAsync($"{Agent}GetArchiveListByColumns", Http.Json(body));

        Assert.StartsWith(expected, await response.ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Xml_IsRead()
    {
        using var response = await _rest.PostAsync($"{Agent}getarchivelistbycolumns", new StringContent(
            $"""
            <GetArchiveListByColumnsRequest><ProviderName>ForeignKeys</ProviderName><Columns><string>keyName</string></Columns>
            <Restriction><ArchiveRestrictionInfo><Name>appName</Name><Operator>=</Operator><Values><string>{_app}</string></Values>
            </ArchiveRestrictionInfo></Restriction><PageSize>1</PageSize></GetArchiveListByColumnsRequest>
            """, System.Text.Encoding.UTF8, "application/xml"));

        Assert.Equal("a", Shown(Assert.Single((await response.ReadAsync())!.AsArray())!, "keyName"));
    }

    [Fact]
    public async Task AvailableColumns_AreThoseThatTheListShowsAndRestricts()
    {
        using var response = await _rest.PostAsync(
            $"{Agent}GetAvailableColumns", Http.Json("""{"providerName":"ForeignKeys","context":""}"""));
        using var other = await _rest.PostAsync($"{Agent}GetAvailableColumns", Http.Json("""{"ProviderName":"Contact"}"""));

        var columns = (await response.ReadAsync())!.AsArray();
        var metadata = XDocument.Parse(await (await _rest.GetAsync("Archive/ForeignKeys/$metadata")).Content.ReadAsStringAsync());
        Assert.Equal(
            metadata.Descendants().Where(node => node.Name.LocalName == "Property").Select(node => node.Attribute("Name")!.Value).Skip(2),
            columns.Where(column => (bool)column!["CanOrderBy"]!).Select(column => (string)column!["Name"]!));
        foreach (var column in columns.Where(column => (bool)column!["CanRestrictBy"]!))
        {
            var restriction = $$"""[{"Name":"{{column!["Name"]}}","Operator":"isNotNull"}]""";
            await ListAsync($$"""{"ProviderName":"ForeignKeys","Restriction":{{WithApp(restriction)}}}""");
        }

        Assert.Equal(
            "int string associate datetime bool".Split(' ').Order(),
            columns.Select(column => (string)column!["RestrictionType"]!).Distinct().Order());
        await other.ReadErrorAsync(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task ProviderNames_AreOne(string? body)
    {
        using var response = await _rest.PostAsync($"{Agent}GetProviderNames", body is null ? null : Http.Json(body));

        Assert.Equal("""["ForeignKeys"]""", (await response.ReadAsync())!.ToJsonString());
    }

    [Fact]
    public async Task List_LeadsOn_InTheCaseThatItIsCalledBy() => await RunningServer.WithAsync(["--Limits:ListPage=2"], async paging =>
    {
        var rest = paging.Rest();
        foreach (var app in "abc")
        {
            await rest.PutAsync($"ForeignApp/{app}", null);
        }

        var first = (await (await rest.GetAsync("archive/FOREIGNKEYS?$select=appName")).ReadAsync())!;
        var next = new Uri((string)first["odata.nextLink"]!);
        var second = (await (await rest.GetAsync(next)).ReadAsync())!;

        Assert.Equal("/api/v1/archive/FOREIGNKEYS", next.AbsolutePath);
        var rows = new[] { first, second }.SelectMany(page => page["value"]!.AsArray());
        Assert.Equal("abc", string.Concat(rows.Select(row => (string)row!["appName"]!)));
        Assert.Equal(HttpStatusCode.OK, (await rest.GetAsync((string)first["odata.metadata"]!)).StatusCode);
    });

    [Theory]
    [InlineData("/api/v1/Archive/ForeignKeys/$metadata")]
    [InlineData("/api/v1/Archive/ForeignKeys$metadata")]
    [InlineData("/API/v1/archive/foreignkeys/$Metadata/")]
    [InlineData("/api/v1/archive/FOREIGNKEYS$METADATA")]
    public async Task Metadata_IsThatOfTheList_ForAnyone(string path)
    {
        var anyone = server.Rest(role: null);
        var expected = await anyone.GetStringAsync("ForeignApp/$metadata");
        using var head = await anyone.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(expected, await anyone.GetStringAsync(path));
        Assert.Equal((HttpStatusCode.OK, (long?)expected.Length), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    /// <summary>The restrictions, in parentheses, behind one on the application.</summary>
    private string WithApp(string restrictions)
    {
        var given = JsonNode.Parse(restrictions)!.AsArray().Select(restriction => restriction!.DeepClone()).ToList();
        if (given.Count > 1)
        {
            given[0]["InterParenthesis"] = ((int?)given[0]["InterParenthesis"] ?? 0) + 1;
            given[^1]["InterParenthesis"] = ((int?)given[^1]["InterParenthesis"] ?? 0) - 1;
        }

        var app = new JsonObject { ["Name"] = "appName", ["Operator"] = "=", ["Values"] = new JsonArray(_app) };
        return new JsonArray([app, .. given]).ToJsonString();
    }

    /// <summary>The names of the keys that a request lists, one after the other.</summary>
    private async Task<string> NamesAsync(string request)
    {
        var body = JsonNode.Parse(request)!;
        (body["providerName"], body["columns"]) = ("foreignkeys", new JsonArray("keyName"));
        return string.Concat((await ListAsync(body.ToJsonString())).Select(row => Shown(row, "keyName")));
    }

    private static string? Shown(JsonNode? row, string column) => (string?)row!["ColumnData"]![column]!["DisplayValue"];

    private async Task<JsonArray> ListAsync(string body)
    {
        using var response = await _rest.PostAsync($"{Agent}GetArchiveListByColumns", Http.Json(body));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.ReadAsync())!.AsArray();
    }
}
