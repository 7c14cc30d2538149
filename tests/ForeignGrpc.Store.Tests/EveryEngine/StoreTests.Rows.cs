using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of the list of application × device × key.</summary>
public abstract partial class StoreTests
{
    public static TheoryData<ListFilter?, string> Filters => new()
    {
        { null, "1 2 3 4 5 -" },
        { Is(ListColumn.AppName, Comparison.Equal, "erp"), "1 2 3 4" },
        { Is(ListColumn.KeyValue, Comparison.StartsWith, "v"), "1 2 3 4 5" },
        { Is(ListColumn.KeyValue, Comparison.StartsWith, "V"), "" },
        { Is(ListColumn.KeyValue, Comparison.EndsWith, "3"), "3" },
        { Is(ListColumn.KeyValue, Comparison.EndsWith, "xxv3"), "" },
        { Is(ListColumn.KeyValue, Comparison.EndsWith, ""), "1 2 3 4 5" },
        { Is(ListColumn.KeyValue, Comparison.Contains, "'"), "" },
        { Is(ListColumn.RecordId, Comparison.Greater, 2L), "3 4 5" },
        { Is(ListColumn.RecordId, Comparison.NotEqual, 2L), "1 3 4 5 -" },
        { Is(ListColumn.TableId, Comparison.Equal, 5L), "1 2 3 4 5" },
        { Is(ListColumn.KeyRegisteredBy, Comparison.Equal, By.FullName), "1 2 3 4 5" },
        { Is(ListColumn.KeyRegisteredDate, Comparison.Less, new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero)), "" },
        { Is(ListColumn.KeyUpdatedDate, Comparison.LessOrEqual, new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero)), "1 2 3 4 5" },
        { Is(ListColumn.KeyId, Comparison.Equal, null), "-" },
        { new ListFilter.OneOf(new ListValue.Column(ListColumn.RecordId), [1L, 4L, 9L]), "1 4" },
        {
            new ListFilter.And(
                [Is(ListColumn.RecordId, Comparison.GreaterOrEqual, 2L), Is(ListColumn.DeviceIdentifier, Comparison.Equal, "1")]),
            "2 3 5"
        },
        { new ListFilter.Or([Is(ListColumn.RecordId, Comparison.Equal, 1L), Is(ListColumn.RecordId, Comparison.Equal, 5L)]), "1 5" },
        { new ListFilter.Not(Is(ListColumn.RecordId, Comparison.LessOrEqual, 3L)), "4 5 -" },
        { new ListFilter.Not(Is(ListColumn.RecordId, Comparison.Less, 3L)), "3 4 5 -" },
        { new ListFilter.Not(Is(ListColumn.RecordId, Comparison.Greater, 3L)), "1 2 3 -" },
        { new ListFilter.Not(Is(ListColumn.RecordId, Comparison.GreaterOrEqual, 3L)), "1 2 -" },
        { new ListFilter.Not(Is(ListColumn.KeyValue, Comparison.Equal, "v1")), "2 3 4 5 -" },
        { new ListFilter.Not(Is(ListColumn.KeyValue, Comparison.NotEqual, "v1")), "1" },
        { new ListFilter.Not(Is(ListColumn.KeyValue, Comparison.Contains, "1")), "2 3 4 5" },
        { new ListFilter.Not(new ListFilter.Not(Is(ListColumn.KeyValue, Comparison.EndsWith, "1"))), "1" },
        { new ListFilter.Not(new ListFilter.OneOf(new ListValue.Column(ListColumn.RecordId), [1L, 4L])), "2 3 5 -" },
        { new ListFilter.Not(Is(ListColumn.KeyId, Comparison.Equal, null)), "1 2 3 4 5" },
        {
            new ListFilter.Not(new ListFilter.Or(
                [Is(ListColumn.RecordId, Comparison.Equal, 1L), Is(ListColumn.KeyValue, Comparison.Equal, "v5")])),
            "2 3 4 -"
        },
        {
            new ListFilter.Not(new ListFilter.And(
                [Is(ListColumn.RecordId, Comparison.Greater, 1L), Is(ListColumn.RecordId, Comparison.NotEqual, 3L)])),
            "1 3 -"
        },
    };

    [SkippableTheory]
    [MemberData(nameof(Filters))]
    public async Task Rows_AreThoseTheFilterTakes_InAnyPageSize(ListFilter? filter, string records)
    {
        await SaveRowsAsync();
        Assert.Equal(records.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, await _store.CountRowsAsync(filter, "", default));

        foreach (var size in new[] { 1, 2, 100 })
        {
            var rows = new List<KeyRow>();
            for (IReadOnlyList<object?>? after = null; ;)
            {
                var page = await _store.ListRowsAsync(new KeyRowQuery(filter, [], after, 0, size), default);
                rows.AddRange(page);
                if (page.Count < size)
                {
                    break;
                }

                after = page[^1].Position;
            }

            Assert.Equal(records, string.Join(' ', rows.Select(row => row.Values[(int)ListColumn.RecordId] ?? "-")));
        }
    }

    [SkippableFact]
    public async Task Rows_AreOuterJoined()
    {
        await SaveRowsAsync();
        await _store.SaveDeviceAsync(new DeviceAddress("no keys", "unit", ""), null, null, By, default);

        var rows = await _store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 100), default);

        Assert.Equal(["erp", "unit", "1"], Values(rows[0], ListColumn.AppName, ListColumn.DeviceName, ListColumn.DeviceIdentifier));
        Assert.Equal(
            ["id", "v1", 5L, 1L],
            Values(rows[0], ListColumn.KeyName, ListColumn.KeyValue, ListColumn.TableId, ListColumn.RecordId));
        Assert.Equal(["no devices", null, null], Values(rows[^2], ListColumn.AppName, ListColumn.DeviceName, ListColumn.KeyId));
        Assert.Equal(["no keys", "unit", null, null, null], Values(
            rows[^1], ListColumn.AppName, ListColumn.DeviceName, ListColumn.KeyId, ListColumn.KeyUpdatedDate, ListColumn.KeyUpdatedBy));
        await SaveAsync(new DeviceAddress("no keys", "unit", ""), new RecordRef("", 0), "unbound", "x");
        Assert.Equal([0L, 0L], Values(
            (await _store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 100), default))[^1], ListColumn.TableId, ListColumn.RecordId));
    }

    [SkippableFact]
    public async Task Rows_AreSortedAsAsked_AndSkipped()
    {
        await SaveRowsAsync();

        Assert.Equal(["-", 5L, 4L, 3L, 2L, 1L], await OrderedAsync(0, 100, (ListColumn.AppName, true), (ListColumn.RecordId, true)));
        Assert.Equal([3L, 4L], await OrderedAsync(3, 2, (ListColumn.KeyValue, false)));

        async Task<IEnumerable<object>> OrderedAsync(int skip, int take, params (ListColumn, bool)[] order) =>
            (await _store.ListRowsAsync(new KeyRowQuery(null, order, null, skip, take), default)).Select(
                row => row.Values[(int)ListColumn.RecordId] ?? "-");
    }

    [SkippableTheory]
    [InlineData(Comparison.StartsWith, "a\0", "1")]
    [InlineData(Comparison.StartsWith, "", "1 2 3 4")]
    [InlineData(Comparison.EndsWith, "\0", "2")]
    [InlineData(Comparison.EndsWith, "\u0002", "4")]
    [InlineData(Comparison.EndsWith, "b", "1 3")]
    [InlineData(Comparison.Contains, "\0\u0001", "2")]
    [InlineData(Comparison.Contains, "\u0001", "2 4")]
    [InlineData(Comparison.Contains, "\u0002", "3 4")]
    [InlineData(Comparison.Equal, "\u0002b", "3")]
    [InlineData(Comparison.Less, "\u0001", "2")]
    public async Task ControlCharacters_AreCharactersLikeOthers(Comparison how, string value, string records)
    {
        string[] texts = ["a\0b", "\0\u0001\0", "\u0002b", "\u0001\u0002"];
        foreach (var (i, text) in texts.Index())
        {
            await SaveAsync(Device, new RecordRef("contact", i + 1), "id", text);
        }

        var rows = await _store.ListRowsAsync(new KeyRowQuery(Is(ListColumn.KeyValue, how, value), [], null, 0, 100), default);

        Assert.Equal(records, string.Join(' ', rows.Select(row => row.Values[(int)ListColumn.RecordId])));
    }

    [SkippableFact]
    public async Task Texts_AreSortedByTheirCharacters_WithWhatIsNotThereFirst()
    {
        string[] names = ["B", "a", "Å", "a b", "a-b", "ab", "\0", "Z", "😀", "\uFFFD"];
        foreach (var name in names)
        {
            await SaveAsync(Device with { Application = name }, new RecordRef("contact", 1), "id", name);
        }

        await _store.SaveAppAsync(new AppSave(0, "no devices", []), By, default, default);

        async Task<IEnumerable<object?>> SortedAsync(bool descending) =>
            (await _store.ListRowsAsync(new KeyRowQuery(null, [(ListColumn.KeyValue, descending)], null, 0, 100), default)).Select(
                row => row.Values[(int)ListColumn.KeyValue]);

        string?[] sorted = [null, "\0", "B", "Z", "a", "a b", "a-b", "ab", "Å", "\uFFFD", "😀"];
        Assert.Equal(sorted, await SortedAsync(descending: false));
        Assert.Equal(sorted.Reverse(), await SortedAsync(descending: true));
    }

    private protected static ListFilter.Compare Is(ListColumn column, Comparison how, object? value) =>
        new(new ListValue.Column(column), how, new ListValue.Constant(value));

    private static IEnumerable<object?> Values(KeyRow row, params ListColumn[] columns) =>
        columns.Select(column => row.Values[(int)column]);

    /// <summary>Records 1 to 3 on one device, 4 on another, 5 of another application, and an application without devices.</summary>
    private async Task SaveRowsAsync()
    {
        for (var id = 1; id <= 5; id++)
        {
            var device = id <= 3 ? Device : id == 4 ? Device with { Identifier = "2" } : Device with { Application = "later" };
            await SaveAsync(device, new RecordRef("contact", id), "id", $"v{id}");
        }

        await _store.SaveAppAsync(new AppSave(0, "no devices", []), By, None, default);
    }
}
