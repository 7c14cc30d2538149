using System.Net;
using System.Text.Json.Nodes;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>The OData list.</summary>
public sealed class GetAllTests(GetAllTests.SevenKeys server) : IClassFixture<GetAllTests.SevenKeys>
{
    internal static readonly string[] Columns =
    [
        "appId", "appName", "deviceId", "deviceName", "deviceIdentifier", "keyId", "keyName", "keyValue", "tableId", "recordId",
        "keyUpdatedDate", "keyRegisteredDate", "keyUpdatedBy", "keyRegisteredBy",
    ];

    private readonly HttpClient _rest = server.Running.Rest();

    [Fact]
    public async Task List_HasTheDocumentedProperties()
    {
        var list = (await ReadAsync("ForeignApp?$top=1")).AsObject();

        Assert.Equal(["odata.metadata", "odata.nextLink", "value"], list.Select(p => p.Key));
        Assert.Equal($"{server.Running.RestUri}api/v1/ForeignApp/$metadata", (string?)list["odata.metadata"]);
        Assert.Null(list["odata.nextLink"]);
        var row = Assert.Single(list["value"]!.AsArray())!.AsObject();
        Assert.Equal(["PrimaryKey", "EntityName", .. Columns], row.Select(p => p.Key));
        Assert.Equal("foreignKey", (string?)row["EntityName"]);
        Assert.Equal($"{row["keyId"]}", (string?)row["PrimaryKey"]);
        Assert.Equal(("erp", "v1", 5, 1), ((string?)row["appName"], (string?)row["keyValue"], (int)row["tableId"]!, (int)row["recordId"]!));
        Assert.Equal("The Writer", (string?)row["keyUpdatedBy"]);
        Assert.EndsWith("Z", (string?)row["keyRegisteredDate"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "1 2 3|4 5 6|7")]
    [InlineData("$top=5", "1 2 3|4 5")]
    [InlineData("$top=3", "1 2 3")]
    [InlineData("$top=0", "")]
    [InlineData("$skip=5", "6 7")]
    [InlineData("$top=4&$skip=1", "2 3 4|5")]
    [InlineData("$orderby=recordId%20desc", "7 6 5|4 3 2|1")]
    [InlineData("$orderBy=keyName,recordId%20DESC&$top=4", "7 6 5|4")]
    [InlineData("$filter=recordId%20gt%203", "4 5 6|7")]
    [InlineData("$filter=recordId%20gt%203%20and%20not%20endswith(keyValue,'6')", "4 5 7")]
    [InlineData("$filter=keyValue%20eq%20'none'", "")]
    [InlineData("$orderby=keyName,recordId,recordId%20desc,keyName%20desc&$top=4", "1 2 3|4")]
    [InlineData("$orderby=keyUpdatedBy%20desc&$skip=2&$top=4", "3 4 5|6")]
    public async Task NextLink_LeadsThroughAllPages(string query, string pages)
    {
        var seen = new List<string>();
        for (var next = $"ForeignApp?{query}"; next is not null;)
        {
            var list = await ReadAsync(next);
            seen.Add(string.Join(' ', list["value"]!.AsArray().Select(row => row!["recordId"]!.ToString())));
            next = (string?)list["odata.nextLink"];
        }

        Assert.Equal(pages, string.Join('|', seen));
    }

    [Fact]
    public async Task Select_ShowsTheColumnsInTheOrderAsked()
    {
        var row = (await ReadAsync("ForeignApp?$select=keyValue,%20APPNAME&$top=1"))["value"]![0]!.AsObject();

        Assert.Equal(["PrimaryKey", "EntityName", "keyValue", "appName"], row.Select(p => p.Key));
    }

    [Fact]
    public async Task Grpc_PagesByToken()
    {
        var request = new GetAllRequest { SelectColumns = "recordId" };
        var ids = new List<double>();
        for (var isLast = false; !isLast;)
        {
            var page = await server.Running.Grpc().GetAllAsync(request);
            ids.AddRange(page.ListRows.Select(row => row.Fields["recordId"].NumberValue));
            (request.SkipToken, isLast) = (page.NextPage, !page.HasNextPage);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], ids);
    }

    [Theory]
    [InlineData("$filter=appName%20eq%20erp", "$filter has 'erp' at position 11")]
    [InlineData("$select=name", "$select has 'name', which is not a column")]
    [InlineData("$orderBy=keyId%20sideways", "$orderBy has 'keyId sideways'")]
    [InlineData("$top=many", "$top must be a 32-bit integer")]
    [InlineData("$top=-1", "$top must be 0 or more, but is -1")]
    [InlineData("$skip=-1", "$skip must be 0 or more")]
    [InlineData("$skiptoken=x", "$skiptoken is not valid")]
    [InlineData("$format=csv", "$format must be JSON or XML")]
    public async Task WrongParameter_IsRefusedByName(string query, string because) => Assert.Contains(
        because, await (await _rest.GetAsync($"ForeignApp?{query}")).ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);

    [Theory]
    [InlineData("keyUpdatedDate lt '{0}'", 0)]
    [InlineData("keyUpdatedDate gt '{0}'", 7)]
    [InlineData("keyUpdatedDate in ('{0}') or keyUpdatedDate gt datetime'{0}'", 7)]
    public async Task DateInAFilter_IsInTheCallersZone(string filter, int rows)
    {
        // Half an hour ago in Tokyo, which as UTC would be hours from now.
        var local = DateTimeOffset.UtcNow.AddHours(9).AddMinutes(-30).ToString("yyyy-MM-dd'T'HH:mm:ss", null);
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"ForeignApp?$top=3&$filter={Uri.EscapeDataString(string.Format(null, filter, local))}");
        request.Headers.Add("SO-TimeZone", "Asia/Tokyo");

        var response = await _rest.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Math.Min(rows, 3), (await response.ReadAsync())!["value"]!.AsArray().Count);
        var overGrpc = await server.Running.Grpc().GetAllAsync(
            new GetAllRequest { RowFilter = string.Format(null, filter, local), TopRows = 10 },
            new Metadata { { "so-timezone", "Asia/Tokyo" } });
        Assert.Equal(Math.Min(rows, 3), overGrpc.ListRows.Count);
    }

    [Theory]
    [InlineData("recordId eq 1", " or ", 30_000)]
    [InlineData("not endswith(keyValue, 'x')", " and ", 1_001)]
    [InlineData("recordId in (1,1)", " or ", 334)]
    public async Task FilterBeyondTheLimit_IsRefusedByNameAndLimit(string term, string word, int terms)
    {
        var request = new GetAllRequest { RowFilter = string.Join(word, Enumerable.Repeat(term, terms)) };

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await server.Running.Grpc().GetAllAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(
            "more conditions and values than the limit of 1,000 (setting Limits:FilterTerms)", refusal.Status.Detail,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recordId eq 1", " or ", 1_000, 1)]
    [InlineData("not endswith(keyValue, 'x')", " and ", 1_000, 3)]
    [InlineData("recordId in (1,1)", " or ", 333, 1)]
    public async Task FilterUpToTheLimit_IsCarriedOut(string term, string word, int terms, int rows) => Assert.Equal(
        rows, (await server.Running.Grpc().GetAllAsync(
            new GetAllRequest { RowFilter = string.Join(word, Enumerable.Repeat(term, terms)) })).ListRows.Count);

    [Fact]
    public async Task ManyColumnsToSortBy_AreThoseNamedFirst()
    {
        var orderBy = string.Join(',', Enumerable.Repeat("recordId desc,keyName", 10_000));

        var page = await server.Running.Grpc().GetAllAsync(new GetAllRequest { OrderBy = orderBy, SelectColumns = "recordId" });

        Assert.Equal([7, 6, 5], page.ListRows.Select(row => row.Fields["recordId"].NumberValue));
    }

    [Theory]
    [InlineData("order_by")]
    [InlineData("select_columns")]
    [InlineData("row_filter")]
    public async Task RefusalOfMuchThatIsWrong_IsShort(string field)
    {
        var request = new GetAllRequest();
        GetAllRequest.Descriptor.FindFieldByName(field).Accessor.SetValue(
            request, string.Join(',', Enumerable.Repeat(new string('x', 1_000), 900)));

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await server.Running.Grpc().GetAllAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.InRange(refusal.Status.Detail.Length, 1, 1_000);
    }

    private async Task<JsonNode> ReadAsync(string path)
    {
        var response = await _rest.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.ReadAsync())!;
    }

    /// <summary>A server with pages of three rows, and seven keys.</summary>
    public sealed class SevenKeys : IAsyncLifetime
    {
        public RunningServer Running { get; } = new() { Settings = ["--Limits:ListPage=3"] };

        public async Task InitializeAsync()
        {
            await Running.InitializeAsync();
            for (var id = 1; id <= 7; id++)
            {
                await Running.Rest().PutAsync(
                    "ForeignApp/erp/unit/1/Key", Http.Json($$"""{"Key":"k","Value":"v{{id}}","TableName":"contact","RecordId":{{id}}}"""));
            }
        }

        public Task DisposeAsync() => Running.DisposeAsync();
    }
}
