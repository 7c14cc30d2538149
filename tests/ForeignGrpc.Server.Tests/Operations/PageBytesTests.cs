using System.Net;

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
}
