using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Testing;

namespace ForeignGrpc.Server.Tests;

/// <summary>Every documented word of `$filter`, from `operators.tsv`, against <see cref="ListWords"/> over the rows.</summary>
public abstract class ListWordsTests(ListWordsTests.SomeRows rows)
{
    /// <summary>A Wednesday evening in UTC; in Tokyo it is Thursday already.</summary>
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 20, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Tokyo = TimeSpan.FromHours(9);

    private static readonly int[] Days =
    [
        -800, -400, -250, -150, -100, -60, -50, -33, -26, -12, -10, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 8, 11, 20, 36, 37, 70,
        100, 140, 400,
    ];

    private readonly SomeRows _rows = rows.OrSkip();

    public static TheoryData<string, string, string> Words
    {
        get
        {
            var words = new TheoryData<string, string, string>();
            var facts = Path.Combine(Repository.Folder, "tests", "ForeignGrpc.Conformance", "Documented", "operators.tsv");
            foreach (var columns in File.ReadLines(facts).Skip(1).Select(line => line.Split('\t')))
            {
                words.Add(columns[0], columns[1], columns[2]);
            }

            return words;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Words))]
    public async Task Word_TakesTheRowsThatItMeans_InAnyCase(string word, string type, string values)
    {
        var (column, fits, _, _) = Examples(type);
        var meaning = ListWords.Meaning(word, type, "The Writer", Now.ToOffset(Tokyo).Date, instant => instant.ToOffset(Tokyo).Date);
        var given = fits.Take(values switch { "0" => 0, "1" => 1, _ => 2 }).ToArray();
        foreach (var spelled in new[] { word, word.ToUpperInvariant(), word.ToLowerInvariant() })
        {
            var filter = $"{column} {spelled} {Written(given.Select(value => value.Text), values)}";
            await TakesAsync(filter, given.Select(value => value.Value));
            await TakesAsync($"not ({filter})", given.Select(value => value.Value), isNot: true);
            if (given.Length > 0)
            {
                await TakesAsync($"{column} {spelled} {Written(given.Select(_ => "null"), values)}", given.Select(_ => (object?)null));
            }
        }

        async Task TakesAsync(string filter, IEnumerable<object?> given, bool isNot = false)
        {
            object?[] all = [.. given];
            var isTextFunction = word is "begins" or "contains" or "notBegins" or "notContains";

            // A text function of a missing value is neither true nor false, and so is its negation.
            var expected = _rows.All.Where(row => meaning(ValueOf(row, column), all) != isNot
                && !(isTextFunction && isNot && ValueOf(row, column) is null));
            Assert.Equal(expected.Select(Id), (await _rows.ListAsync(filter)).Select(Id));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Words))]
    public async Task ValueThatDoesNotFit_IsRefused_SayingWhatDoes(string word, string type, string values)
    {
        var (column, fits, misfit, expected) = Examples(type);
        var given = fits.Take(values switch { "0" => 0, "1" => 1, _ => 2 }).Select(value => value.Text).ToArray();
        var filter = given.Length == 0
            ? $"{column} {word} {misfit}"
            : $"{column} {word} {Written([.. given.SkipLast(1), misfit], values)}";

        using var response = await _rows.GetAsync(filter);

        var error = await response.ReadErrorAsync(HttpStatusCode.BadRequest);
        Assert.Contains(
            given.Length == 0 ? "where 'and', 'or' or the end is expected" : $"where {expected}", error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("keyValue today", "keyValue")]
    [InlineData("recordId begins '1'", "recordId")]
    [InlineData("keyUpdatedDate contains 'x'", "keyUpdatedDate")]
    [InlineData("keyValue currentAssociate", "keyValue")]
    [InlineData("getAllRows lt true", "getAllRows")]
    public async Task WordForOtherTypes_IsRefused_SayingWhichFit(string filter, string column)
    {
        using var response = await _rows.GetAsync(filter);

        Assert.Contains(
            $"at position {column.Length + 1}, where an operator, one of eq, =, equals, is, set, ne,",
            await response.ReadErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
    }

    private static string Written(IEnumerable<string> values, string count) =>
        count is "0" or "1" ? string.Concat(values) : $"({string.Join(", ", values)})";

    private static string Id(JsonObject row) => (string)row["PrimaryKey"]!;

    /// <summary>A column of the type, values that fit, one that does not, and what an error says of it.</summary>
    private static (string Column, (string Text, object? Value)[] Fits, string Misfit, string Expected) Examples(string type) => type switch
    {
        "any" or "text" => ("keyValue", [("'v2'", "v2"), ("'v4'", "v4")], "abc", "a text in single quotes"),
        "bool" => ("getAllRows", [("true", true)], "'abc'", "true or false"),
        "number" or "list" => ("recordId", [("2", 2L), ("4", 4L)], "'abc'", "an integer"),
        "associate" => ("keyRegisteredBy", [("'The Admin'", "The Admin"), ("'none'", "none")], "abc", "a text in single quotes"),
        _ => (
            "keyUpdatedDate",
            [("'2026-11-18T03:00:00'", Date("2026-11-18T03:00:00")), ("'2026-11-29T05:00:00'", Date("2026-11-29T05:00:00"))],
            "'abc'",
            "a date such as"),
    };

    private static DateTimeOffset Date(string local) => new(DateTime.Parse(local, CultureInfo.InvariantCulture), Tokyo);

    /// <summary>What the row has; null when it has no key.</summary>
    private static object? ValueOf(JsonObject row, string column) => column switch
    {
        "getAllRows" => true,
        _ when (int)row["keyId"]! == 0 => null,
        "recordId" => (long)row["recordId"]!,
        "keyUpdatedDate" => DateTimeOffset.Parse((string)row[column]!, CultureInfo.InvariantCulture),
        _ => (string)row[column]!,
    };

    /// <summary>A server whose rows were saved on days around its clock's, and an application without devices.</summary>
    public abstract class SomeRows : IAsyncLifetime
    {
        private readonly SetTime _time = new();
        private RunningServer? _server;

        internal List<JsonObject> All { get; private set; } = null!;

        protected virtual string? Missing => null;

        internal SomeRows OrSkip()
        {
            Skip.If(Missing is not null, Missing);
            return this;
        }

        public async Task InitializeAsync()
        {
            if (Missing is not null)
            {
                return;
            }

            _server = new RunningServer { Time = _time, Settings = await SettingsAsync() };
            await _server.InitializeAsync();
            foreach (var (i, day) in Days.Index())
            {
                _time.Now = Now.AddDays(day).AddHours(i % 5 * 2);
                var key = Http.Json($$"""{"Key":"k{{i % 3}}","Value":"v{{i % 7}}","TableName":"contact","RecordId":{{i % 6}}}""");
                var writer = _server.Rest(i % 2 == 0 ? UserRole.Writer : UserRole.Admin);
                Assert.True((await writer.PutAsync($"ForeignApp/erp/unit/{i}/Key", key)).IsSuccessStatusCode);
            }

            _time.Now = Now;
            Assert.True((await _server.Rest().PutAsync("ForeignApp/no%20devices", null)).IsSuccessStatusCode);
            All = await ListAsync("getAllRows set true");
            Assert.Equal(Days.Length + 1, All.Count);
        }

        public Task DisposeAsync() => _server?.DisposeAsync() ?? Task.CompletedTask;

        internal async Task<List<JsonObject>> ListAsync(string filter)
        {
            using var response = await GetAsync(filter);
            Assert.True(response.IsSuccessStatusCode, $"{filter}: {await response.Content.ReadAsStringAsync()}");
            return [.. (await response.ReadAsync())!["value"]!.AsArray().Select(row => row!.AsObject())];
        }

        internal async Task<HttpResponseMessage> GetAsync(string filter)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"ForeignApp?$filter={Uri.EscapeDataString(filter)}");
            request.Headers.Add("SO-TimeZone", "Asia/Tokyo");
            return await _server!.Rest().SendAsync(request);
        }

        protected virtual Task<string[]> SettingsAsync() => Task.FromResult(Array.Empty<string>());
    }

    public sealed class OnSqlite(OnSqlite.Rows rows) : ListWordsTests(rows), IClassFixture<OnSqlite.Rows>
    {
        public sealed class Rows : SomeRows;
    }

    public sealed class OnPostgres(OnPostgres.Rows rows) : ListWordsTests(rows), IClassFixture<OnPostgres.Rows>
    {
        public sealed class Rows : SomeRows
        {
            protected override string? Missing => PostgresCluster.Missing;

            protected override async Task<string[]> SettingsAsync()
            {
                var cluster = await PostgresCluster.Shared;
                return ["--Storage:Provider=Postgres", $"--ConnectionStrings:ForeignSystem={await cluster.CreateDatabaseAsync()}"];
            }
        }
    }
}
