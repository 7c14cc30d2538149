using System.Net;
using ForeignSystem.V1;
using Grpc.Core;

namespace ForeignGrpc.Server.Tests;

/// <summary>A page of the list ends by its bytes before it ends by its rows.</summary>
public sealed class PageBytesTests
{
    private const int Keys = 150;

    [Theory]
    [InlineData("")]
    [InlineData("&$orderBy=keyValue desc")]
    public Task Pages_EndByBytes_AndHaveEveryRowOnce(string order) => RunningServer.WithAsync(
        ["--Limits:AnswerBytes=1048576"],
        async server =>
        {
            var rest = server.Rest();
            for (var id = 1; id <= Keys; id++)
            {
                var value = $"{id:D3}" + new string('v', 7_900);
                using var saved = await rest.PutAsync(
                    "ForeignApp/a/b/c/Key", Http.Json($$"""{"Key":"k","Value":"{{value}}","TableName":"contact","RecordId":{{id}}}"""));
                Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
            }

            var (ids, pages) = (new List<int>(), 0);
            for (var next = $"ForeignApp?$select=recordId{order}"; next is not null; pages++)
            {
                using var response = await rest.GetAsync(next);
                var page = (await response.ReadAsync())!;
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                var rows = page["value"]!.AsArray();
                Assert.NotEmpty(rows);
                ids.AddRange(rows.Select(row => (int)row!["recordId"]!));
                next = (string?)page["odata.nextLink"];
            }

            var expected = Enumerable.Range(1, Keys);
            Assert.Equal(order.Length == 0 ? expected : expected.Reverse(), ids);
            Assert.True(pages > 2, $"{pages} pages");
        });

    [Theory]
    [InlineData(0, 600, "ASC", 1, 600)]
    [InlineData(0, 0, "DESC", 600, 600)]
    [InlineData(1, 290, "ASC", 291, 290)]
    public Task PageOfTheArchive_HasAllItsRows_HoweverManyBytes(int page, int size, string direction, int first, int count) =>
        RunningServer.WithAsync([], async server =>
        {
            var agent = await FillAsync(server, 600);

            var rows = (await agent.GetArchiveListByColumnsAsync(Archive(page, size, direction))).ArchiveRows;

            var ids = rows.Select(row => row.ColumnData["recordId"].DisplayValue);
            var expected = Enumerable.Range(0, count).Select(i => direction == "ASC" ? first + i : first - i);
            Assert.Equal(expected.Select(id => $"[I:{id}]"), ids);
        });

    [Fact]
    public Task PageOfTheArchive_LargerThanAResponse_IsRefused() => RunningServer.WithAsync(
        ["--Limits:AnswerBytes=1048576"],
        async server =>
        {
            var agent = await FillAsync(server, 100);

            var failure = await Assert.ThrowsAsync<RpcException>(
                async () => await agent.GetArchiveListByColumnsAsync(Archive(0, 100, "ASC")));

            Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
            Assert.Equal(50, (await agent.GetArchiveListByColumnsAsync(Archive(0, 50, "ASC"))).ArchiveRows.Count);
        });

    private static GetArchiveListByColumnsRequest Archive(int page, int size, string direction) => new()
    {
        ProviderName = "ForeignKeys",
        ColumnNames = { "recordId" },
        SortOrder = { new ArchiveOrderByInfo { ColumnName = "recordId", SortDirection = direction } },
        PageNumber = page,
        PageSize = size,
    };

    /// <summary>Saves keys of 8,000 characters on the records from 1 on.</summary>
    private static async Task<ForeignSystemAgent.ForeignSystemAgentClient> FillAsync(RunningServer server, int keys)
    {
        var agent = server.Grpc();
        await Task.WhenAll(Enumerable.Range(1, keys).Select(id => agent.SaveForeignKeyAsync(new SaveForeignKeyRequest
        {
            ApplicationName = "a",
            DeviceName = "b",
            ForeignKey = new ForeignKey { KeyName = "k", KeyValue = new string('v', 8_000), TableName = "contact", RecordId = id },
        }).ResponseAsync));
        return agent;
    }
}
