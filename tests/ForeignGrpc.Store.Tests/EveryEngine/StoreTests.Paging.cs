using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of pages of the list, and of filters of the largest size.</summary>
public abstract partial class StoreTests
{
    /// <summary>The most conditions and values that the setting allows.</summary>
    private const int MostTerms = 5_000;

    private const int DeepestNesting = 50;

    public static TheoryData<string> Orders =>
    [
        .. Enum.GetNames<ListColumn>().SelectMany(column => new[] { column, $"{column} desc" }),
        "",
        "KeyName DeviceId desc",
        "KeyValue desc RecordId",
        "TableId KeyRegisteredBy desc KeyValue desc",
    ];

    [SkippableTheory]
    [MemberData(nameof(Orders))]
    public async Task SortedPages_AreTheSortedRows_InAnyPageSize(string order)
    {
        await SaveRowsToSortAsync();
        var orderBy = OrderOf(order);
        var all = await _store.ListRowsAsync(new KeyRowQuery(null, orderBy, null, 0, 100), default);
        Assert.Equal(13, all.Count);

        foreach (var size in new[] { 1, 2, 5 })
        {
            var rows = new List<KeyRow>();
            for (var page = all; page.Count > 0; rows.AddRange(page))
            {
                page = await _store.ListRowsAsync(new KeyRowQuery(null, orderBy, rows.LastOrDefault()?.Position, 0, size), default);
            }

            Assert.Equal(all.Select(Key), rows.Select(Key));
        }

        static (object?, object?, object?) Key(KeyRow row) =>
            (row.Values[(int)ListColumn.AppId], row.Values[(int)ListColumn.DeviceId], row.Values[(int)ListColumn.KeyId]);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("RecordId")]
    [InlineData("RecordId desc")]
    [InlineData("KeyUpdatedDate KeyValue desc")]
    public async Task RowsThatAreDeletedOnceRead_TakeNoOtherRowAway(string order)
    {
        for (var id = 1; id <= 8; id++)
        {
            await SaveAsync(Device, new RecordRef("contact", id), "id", $"v{id}");
        }

        var (seen, after) = (new List<object?>(), (IReadOnlyList<object?>?)null);
        var keys = new ListFilter.Not(Is(ListColumn.KeyId, Comparison.Equal, null));
        while (await _store.ListRowsAsync(new KeyRowQuery(keys, OrderOf(order), after, 0, 3), default) is { Count: > 0 } page)
        {
            after = page[^1].Position;
            foreach (var record in page.Select(row => row.Values[(int)ListColumn.RecordId]))
            {
                seen.Add(record);
                Assert.Equal(1, await _store.DeleteKeysAsync(new KeyFilter(Device, "id", "contact", (int)(long)record!), default));
            }
        }

        var all = Enumerable.Range(1, 8).Select(id => (object)(long)id);
        Assert.Equal(order is "" or "RecordId" ? all : all.Reverse(), seen);
    }

    [SkippableFact]
    public async Task RowsThatComeWhilePagesAreRead_AreSeenWhereTheyStandBehind()
    {
        foreach (var value in new[] { "b", "d", "f" })
        {
            await SaveAsync(Device, new RecordRef("contact", value[0]), "id", value);
        }

        var order = OrderOf("KeyValue");
        var first = await _store.ListRowsAsync(new KeyRowQuery(null, order, null, 0, 2), default);
        await SaveAsync(Device, new RecordRef("contact", 'a'), "id", "a");
        await SaveAsync(Device, new RecordRef("contact", 'e'), "id", "e");
        var rest = await _store.ListRowsAsync(new KeyRowQuery(null, order, first[^1].Position, 0, 10), default);

        Assert.Equal(["b", "d", "e", "f"], first.Concat(rest).Select(row => row.Values[(int)ListColumn.KeyValue]));
    }

    [SkippableFact]
    public async Task FilterOfTheLargestSize_IsCarriedOut()
    {
        await SaveRowsAsync();

        Assert.Equal("2 3 4 5", await RecordsAsync(
            new ListFilter.Or([.. Enumerable.Range(2, MostTerms).Select(i => Is(ListColumn.RecordId, Comparison.Equal, (long)i))])));
        ListColumn[] ids = [ListColumn.AppId, ListColumn.DeviceId, ListColumn.KeyId];
        Assert.Equal("1 2 3 4 5 -", await RecordsAsync(new ListFilter.Or(
            [.. Enumerable.Range(0, MostTerms).Select(i => Is(ids[i % 3], Comparison.Equal, (long)(i / 3)))])));
        Assert.Equal("1", await RecordsAsync(new ListFilter.And(
            [.. Enumerable.Range(2, MostTerms).Select(i => new ListFilter.Not(Is(ListColumn.KeyValue, Comparison.EndsWith, $"{i}")))])));
        Assert.Equal("4 5", await RecordsAsync(new ListFilter.OneOf(
            new ListValue.Column(ListColumn.RecordId), [.. Enumerable.Range(4, MostTerms).Select(i => (object)(long)i)])));
        Assert.Equal("3", await RecordsAsync(new ListFilter.OneOf(
            new ListValue.Column(ListColumn.KeyValue), ["v3", .. Enumerable.Range(1, MostTerms - 1).Select(i => $"\0{i}")])));
    }

    [SkippableFact]
    public async Task FilterOfTheDeepestNesting_IsCarriedOut()
    {
        await SaveRowsAsync();
        ListFilter filter = Is(ListColumn.RecordId, Comparison.Equal, 3L);
        for (var depth = 1; depth < DeepestNesting; depth++)
        {
            // As wide as it can be, and in the middle, where it is deepest.
            var beside = Enumerable.Repeat(Is(ListColumn.KeyValue, Comparison.Contains, "none"), MostTerms / DeepestNesting / 2);
            filter = new ListFilter.Not(new ListFilter.Or([.. beside, filter, .. beside]));
        }

        Assert.Equal("1 2 4 5", await RecordsAsync(filter));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CostOfAFilter_GrowsAsItsLength(bool isList)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux tells how long processors have worked for a thread or process.");
        await SaveRowsAsync();
        const int Some = 250;
        using var session = ConnectWriter();
        Cost(Some);

        // A cost that grew as the square of the length would be 256 times as high.
        var (some, more) = (Cost(Some), Cost(16 * Some));

        Assert.True(more < 100 * some, $"{Some} terms take {some}, 16 times as many {more}.");

        TimeSpan Cost(int terms)
        {
            var best = TimeSpan.MaxValue;
            for (var round = 0; round < 8; round++)
            {
                var values = Enumerable.Range(10, terms).Select(i => (object)(long)i).ToArray();
                ListFilter filter = isList
                    ? new ListFilter.OneOf(new ListValue.Column(ListColumn.RecordId), values)
                    : new ListFilter.Or([.. values.Select(value => Is(ListColumn.KeyValue, Comparison.Contains, $"{value} is in none"))]);
                var before = ProcessorTime(session);
                Assert.Empty(SqlStore.List(session, new KeyRowQuery(filter, [], null, 0, 10)));
                var cost = ProcessorTime(session) - before;
                best = cost < best ? cost : best;
            }

            return best;
        }
    }

    private static (ListColumn, bool)[] OrderOf(string text)
    {
        var order = new List<(ListColumn Column, bool Descending)>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "desc")
            {
                order[^1] = (order[^1].Column, true);
            }
            else
            {
                order.Add((Enum.Parse<ListColumn>(word), false));
            }
        }

        return [.. order];
    }

    private async Task<string> RecordsAsync(ListFilter filter) => string.Join(
        ' ', (await _store.ListRowsAsync(new KeyRowQuery(filter, [], null, 0, 100), default)).Select(
            row => row.Values[(int)ListColumn.RecordId] ?? "-"));

    /// <summary>Rows that are equal by many columns, with values of every kind missing in some of them.</summary>
    private async Task SaveRowsToSortAsync()
    {
        await SaveRowsAsync();
        Time.Advance(TimeSpan.FromTicks(10));
        await SaveAsync(Device, new RecordRef("", 0), "unbound", "v1");
        await SaveAsync(Device, new RecordRef("sequence", 0), "unbound", "v1");
        await SaveAsync(Device, new RecordRef("", 0), "\0", "v1");
        await SaveAsync(Device, new RecordRef("contact", 3), "id", "changed \u0001");
        await _store.SaveKeyAsync(
            new KeyAddress(Device with { Device = "" }, new RecordRef("My table", 7), "😀"), "", new Author("Grace"), default);
        await _store.SaveDeviceAsync(Device with { Application = "no keys" }, null, null, By, default);
        await _store.SaveDeviceAsync(Device with { Application = "no keys", Identifier = "\uFFFD" }, null, null, By, default);
        await _store.SaveAppAsync(new AppSave(0, "another", []), By, None, default);
    }
}
