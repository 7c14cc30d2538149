using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using ForeignGrpc.Server.Operations;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Tests;

/// <summary>Tokens of pages: those that a page gave lead on; all others are refused.</summary>
public sealed class PageTokenTests(GetAllTests.SevenKeys server) : IClassFixture<GetAllTests.SevenKeys>
{
    private const string Filter = "recordId gt 0";

    private static readonly (ListColumn, bool)[] Natural = [];
    private static readonly (ListColumn, bool)[] Sorted = [(ListColumn.KeyValue, true), (ListColumn.KeyUpdatedDate, false)];
    private static readonly object?[] NaturalPosition = [1L, 2L, -1L, 0L, "\0 😀"];
    private static readonly object?[] SortedPosition = [
        "", new DateTimeOffset(2026, 1, 31, 12, 0, 0, 123, TimeSpan.Zero).AddTicks(4_560), 1L, null, null];

    private readonly HttpClient _rest = server.Running.Rest();

    [Fact]
    public void Token_ComesBackAsItWasMade()
    {
        foreach (var (position, order) in new[]
        {
            (NaturalPosition, Natural), ([1L, null, null, null, null], Natural), (SortedPosition, Sorted),
        })
        {
            foreach (var remaining in new int?[] { null, 1, int.MaxValue })
            {
                var token = PageToken.TryParse(new PageToken(position, remaining).ToText(Filter, order), Filter, order);

                Assert.Equal(remaining, token?.Remaining);
                Assert.Equal(position, token?.After);
            }
        }
    }

    [Fact]
    public void TokenOfAnotherList_IsNone()
    {
        var text = new PageToken(SortedPosition, null).ToText(Filter, Sorted);

        Assert.Null(PageToken.TryParse(text, "recordId gt 1", Sorted));
        Assert.Null(PageToken.TryParse(text, "", Sorted));
        Assert.Null(PageToken.TryParse(text, Filter, [(ListColumn.KeyValue, false), (ListColumn.KeyUpdatedDate, false)]));
        Assert.Null(PageToken.TryParse(text, Filter, [(ListColumn.KeyUpdatedDate, false), (ListColumn.KeyValue, true)]));
        Assert.Null(PageToken.TryParse(text, Filter, Natural));
    }

    [Fact]
    public void TokenWithAnyBitChanged_IsNone()
    {
        var text = new PageToken(NaturalPosition, 5).ToText(Filter, Natural);
        var bytes = Base64Url.DecodeFromChars(text);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(PageToken.TryParse(Base64Url.EncodeToString(changed), Filter, Natural));
        }

        for (var length = 0; length < text.Length; length++)
        {
            Assert.Null(PageToken.TryParse(text[..length], Filter, Natural));
        }
    }

    [Fact]
    public void ForgedToken_IsRefusedOrAPosition_NeverWorse() => Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool).Sample(
        (payload, isSorted) =>
        {
            var order = isSorted ? Sorted : Natural;
            var token = PageToken.TryParse(Forge(payload, order), Filter, order);
            return token is null || token.After!.Count == KeyRowQuery.Position(order).Count;
        },
        iter: 100_000);

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("FFFFFFFF 00 00 00 00 00")]
    [InlineData("FEFFFFFF 01 0100000000000000 00 00 00 00")]
    [InlineData("FFFFFFFF 03 0161 00 00 00 00")]
    [InlineData("FFFFFFFF 01 0100000000000000 00 01 0100000000000000 00 00")]
    [InlineData("FFFFFFFF 01 0100000000000000 00 00 00 00 00")]
    [InlineData("FFFFFFFF 04 00 00 00 00")]
    [InlineData("FFFFFFFF 01 0100000000000000 01 0100000000000000 01 0100000000000000 01 0100000000000000 03 FFFFFFFF07")]
    [InlineData("FFFFFFFF 01 0100000000000000 01 0100000000000000 01 0100000000000000 01 0100000000000000 03 FFFFFFFFFFFF")]
    public void ForgedTokenWithAPartThatIsWrong_IsNone(string payload) =>
        Assert.Null(
            PageToken.TryParse(Forge(Convert.FromHexString(payload.Replace(" ", "", StringComparison.Ordinal)), Natural), Filter, Natural));

    [Theory]
    [InlineData("eyJBZnRlciI6bnVsbCwiU2tpcCI6LTEsIlJlbWFpbmluZyI6bnVsbH0")]
    [InlineData("x")]
    [InlineData("%00")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("AAAA")]
    [InlineData("+/==")]
    [InlineData("%5B%5B%5B%5B%5B%5B%5B%5B")]
    public async Task TokenThatNoPageGave_Is400(string token)
    {
        foreach (var query in new[] { "", "&$orderBy=keyValue%20desc", "&$filter=recordId%20gt%201" })
        {
            var refusal = await (await _rest.GetAsync($"ForeignApp?$skiptoken={token}{query}")).ReadErrorAsync(HttpStatusCode.BadRequest);
            Assert.Contains("$skiptoken is not valid; use the one from the previous page's next link", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TokenOfAnotherList_Is400()
    {
        var page = await (await _rest.GetAsync("ForeignApp?$orderBy=keyValue&$filter=recordId%20gt%201")).ReadAsync();
        var next = (string)page!["odata.nextLink"]!;
        Assert.Equal(HttpStatusCode.OK, (await _rest.GetAsync(next)).StatusCode);

        Assert.Contains(
            "$skiptoken is not valid", await (await _rest.GetAsync(next.Replace("keyValue", "keyName", StringComparison.Ordinal)))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("$skiptoken is not valid", await (await _rest.GetAsync(next.Replace("gt", "ge", StringComparison.Ordinal)))
            .ReadErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongestValue_FitsInTheLink()
    {
        await using var running = new Disposing(new RunningServer { Settings = ["--Limits:ListPage=1"] });
        await running.Server.InitializeAsync();
        var rest = running.Server.Rest();
        var emojis = string.Concat(Enumerable.Repeat("😀", 7_999));
        foreach (var record in new[] { 1, 2, 3 })
        {
            var value = new JsonObject { ["Key"] = "id", ["Value"] = emojis + record, ["TableName"] = "contact", ["RecordId"] = record };
            (await rest.PutAsync("ForeignApp/erp/unit/1/Key", Http.Json(value.ToJsonString()))).EnsureSuccessStatusCode();
        }

        var records = new List<int>();
        for (var next = "ForeignApp?$orderBy=keyValue%20desc"; next is not null;)
        {
            var page = (await (await rest.GetAsync(next)).ReadAsync())!;
            records.Add((int)page["value"]![0]!["recordId"]!);
            next = (string?)page["odata.nextLink"];
        }

        Assert.Equal([3, 2, 1], records);
    }

    /// <summary>A token as one who knows how makes it.</summary>
    private static string Forge(byte[] payload, (ListColumn, bool)[] order)
    {
        var list = Encoding.UTF8.GetBytes($"{string.Join(',', order)}\n{Filter.Length}\n{Filter}\n");
        return Base64Url.EncodeToString([.. SHA256.HashData([.. list, .. payload]).AsSpan(0, 12), .. payload]);
    }

    private sealed class Disposing(RunningServer server) : IAsyncDisposable
    {
        public RunningServer Server => server;

        public async ValueTask DisposeAsync() => await server.DisposeAsync();
    }
}
