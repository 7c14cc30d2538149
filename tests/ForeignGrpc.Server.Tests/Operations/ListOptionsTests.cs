using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ForeignGrpc.Server.Tests;

/// <summary>What the OData list takes beside filter, order and page, and what its rows look like.</summary>
public sealed class ListOptionsTests(GetAllTests.SevenKeys server) : IClassFixture<GetAllTests.SevenKeys>
{
    private static readonly string[] Numbers = ["deviceId", "keyId", "tableId", "recordId"];
    private static readonly string[] Texts = ["deviceName", "deviceIdentifier", "keyName", "keyValue", "keyUpdatedBy", "keyRegisteredBy"];

    private readonly HttpClient _rest = server.Running.Rest();

    [Fact]
    public async Task SelectOfAll_IsAllColumns() => Assert.Superset(
        GetAllTests.Columns.ToHashSet(), (await ReadAsync("ForeignApp?$select=*&$top=1"))["value"]![0]!.AsObject().Select(
            p => p.Key).ToHashSet());

    [Theory]
    [InlineData("$count=true", 7)]
    [InlineData("$inlinecount=AllPages&$top=1&$skip=2", 7)]
    [InlineData("$count=TRUE&$filter=recordId%20gt%203&$orderBy=keyValue", 4)]
    [InlineData("$count=true&$filter=keyValue%20eq%20'none'", 0)]
    [InlineData("$count=false&$inlinecount=none", null)]
    [InlineData("", null)]
    public async Task Count_IsOfTheRowsOfAllPages_WhereAskedFor(string query, int? count)
    {
        var list = await ReadAsync($"ForeignApp?{query}");

        string[] counted = count is null ? [] : ["odata.count"];
        Assert.Equal(["odata.metadata", .. counted, "odata.nextLink", "value"], list.AsObject().Select(p => p.Key));
        Assert.Equal(count, (int?)list["odata.count"]);
        var xml = await (await _rest.GetAsync($"ForeignApp?{query}&$format=xml")).Content.ReadAsStringAsync();
        Assert.Equal(count is not null, xml.Contains($"<odata.count>{count}</odata.count>", StringComparison.Ordinal));
    }

    [Fact]
    public Task WhatTheOuterJoinLacks_IsBlank0OrTheFirstDate() => RunningServer.WithAsync([], async server =>
    {
        var rest = server.Rest();
        await rest.PutAsync("ForeignApp/no%20devices", null);

        var row = Assert.Single((await (await rest.GetAsync("ForeignApp?$filter=keyId%20eq%20null")).ReadAsync())!["value"]!.AsArray())!;

        Assert.Equal("no devices", (string?)row["appName"]);
        Assert.Equal($"{row["appId"]}", (string?)row["PrimaryKey"]);
        foreach (var number in Numbers)
        {
            Assert.Equal(0, (int)row[number]!);
        }

        foreach (var text in Texts)
        {
            Assert.Equal("", (string?)row[text]);
        }

        Assert.Equal(("0001-01-01T00:00:00", "0001-01-01T00:00:00"), ((string?)row["keyUpdatedDate"], (string?)row["keyRegisteredDate"]));
    });

    [Theory]
    [InlineData("$fitler=recordId%20eq%201", "$fitler is not a parameter of this operation; the parameters are $select, $filter,")]
    [InlineData("filter=recordId%20eq%201", "filter is not a parameter")]
    [InlineData("$top=1&$search=x", "$search is not a parameter")]
    [InlineData("$expand=a", "$expand is not a parameter")]
    [InlineData("$apply=a", "$apply is not a parameter")]
    [InlineData("x=1", "x is not a parameter")]
    [InlineData("$mode=Full", "$mode must be Slim, the only mode, but is 'Full'.")]
    [InlineData("$mode=wide", "$mode must be Slim")]
    [InlineData("$options=GrandTotal=true", "$options must be blank")]
    [InlineData("$inlinecount=some", "$inlinecount must be allpages or none, but is 'some'.")]
    [InlineData("$count=maybe", "$count must be true or false")]
    public async Task OptionThatIsNotThere_IsRefusedByName(string query, string because) => Assert.Contains(
        because, await (await _rest.GetAsync($"ForeignApp?{query}")).ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Theory]
    [InlineData("$mode=slim")]
    [InlineData("$MODE=Slim&$entities=foreignKey&$context=x&$jsonSafe=true&$output=Display&$options=GrandTotal=false")]
    public async Task DocumentedOptions_AreTaken(string query) =>
        Assert.Equal(3, (await ReadAsync($"ForeignApp?{query}"))["value"]!.AsArray().Count);

    [Fact]
    public async Task Metadata_IsAnAddressThatAnswersCsdl_OfTheColumns()
    {
        var address = (string)(await ReadAsync("ForeignApp?$select=*&$top=1"))["odata.metadata"]!;
        var row = (await ReadAsync("ForeignApp?$select=*&$top=1"))["value"]![0]!.AsObject();

        var response = await _rest.GetAsync(address);

        Assert.Equal((HttpStatusCode.OK, "application/xml"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        XNamespace edm = "http://schemas.microsoft.com/ado/2009/11/edm";
        var properties = XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants(edm + "Property")
            .ToDictionary(property => (string)property.Attribute("Name")!, property => (string)property.Attribute("Type")!);
        Assert.Equal(row.Select(pair => pair.Key), properties.Keys);
        Assert.Equal(
            ("Edm.String", "Edm.Int32", "Edm.DateTimeOffset"),
            (properties["keyValue"], properties["recordId"], properties["keyUpdatedDate"]));
    }

    [Fact]
    public Task FurtherColumns_AreShownByName_FilteredAndSorted() => RunningServer.WithAsync([], async server =>
    {
        var rest = server.Rest();
        foreach (var (table, record) in new[] { ("person", 1), ("CONTACT", 2), ("My Table", 3), ("", 0) })
        {
            var key = Http.Json($$"""{"Key":"k{{record}}","Value":"v","TableName":"{{table}}","RecordId":{{record}}}""");
            Assert.True((await rest.PutAsync("ForeignApp/erp/unit/1/Key", key)).IsSuccessStatusCode);
        }

        Assert.Equal(", My Table, contact, person", await NamesAsync("$orderBy=tableName"));
        Assert.Equal("contact", await NamesAsync("$filter=tableName eq 'Contact'"));
        Assert.Equal("My Table, person", await NamesAsync("$filter=tableName in ('PERSON','my table')&$orderBy=tableName"));
        Assert.Equal("contact", await NamesAsync("$filter=startswith(tableName,'C') and deviceLastSync today and deviceOwner isNull"));
        Assert.Equal("My Table", await NamesAsync("$filter=length(tableName) eq 8 and deviceLastSyncTrans eq null"));

        async Task<string> NamesAsync(string query)
        {
            var address = $"ForeignApp?{query.Replace(" ", "%20", StringComparison.Ordinal)}&$select=tableName,deviceLastSync";
            var rows = (await (await rest.GetAsync(address)).ReadAsync())!["value"]!.AsArray();
            return string.Join(", ", rows.Select(row => (string?)row!["tableName"]));
        }
    });

    private async Task<JsonNode> ReadAsync(string path)
    {
        var response = await _rest.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.ReadAsync())!;
    }
}
