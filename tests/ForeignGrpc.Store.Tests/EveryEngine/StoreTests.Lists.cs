using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of lists and of look-ups by value.</summary>
public abstract partial class StoreTests
{
    [SkippableFact]
    public async Task KeyByValue_IsTheOldestOfThatNameTableAndValue()
    {
        var later = Device with { Identifier = "0" };
        await SaveAsync(Device, new RecordRef("contact", 9), "id", "v");
        await SaveAsync(later, new RecordRef("contact", 1), "id", "v");
        await SaveAsync(Device, new RecordRef("contact", 2), "id", "v");
        await SaveAsync(Device, new RecordRef("person", 3), "id", "v");
        await SaveAsync(Device, new RecordRef("contact", 4), "other", "v");
        await SaveAsync(Device, new RecordRef("contact", 5), "id", "V");

        Assert.Equal(9, (await ByValueAsync(Device, "v"))?.Record.Id);
        Assert.Equal(1, (await ByValueAsync(later, "v"))?.Record.Id);
        Assert.Equal(9, (await ByValueAsync(Device with { Identifier = null }, "v"))?.Record.Id);
        Assert.Equal(5, (await ByValueAsync(Device, "V"))?.Record.Id);
        Assert.Null(await ByValueAsync(Device, "none"));
        Assert.Null(await ByValueAsync(Device with { Device = "none" }, "v"));
        Assert.Null(await _store.FindKeyByValueAsync(Device, "id", "no such table", "v", By.FullName, default));

        await SaveAsync(Device, new RecordRef("contact", 9), "id", "changed");
        Assert.Equal(2, (await ByValueAsync(Device, "v"))?.Record.Id);
        Assert.Equal(9, (await ByValueAsync(Device, "changed"))?.Record.Id);
        var longValue = new string('x', 8_000);
        await SaveAsync(Device, new RecordRef("contact", 6), "id", longValue);
        Assert.Equal(6, (await ByValueAsync(Device, longValue))?.Record.Id);

        ValueTask<StoredKey?> ByValueAsync(DeviceAddress device, string value) =>
            _store.FindKeyByValueAsync(device, "id", "CONTACT", value, By.FullName, default);
    }

    [SkippableFact]
    public async Task List_HasTheKeysThatTheQueryAsksFor()
    {
        var second = Device with { Identifier = "2" };
        var other = Device with { Device = "other" };
        foreach (var device in new[] { Device, second, other, Device with { Application = "elsewhere" } })
        {
            foreach (var record in new RecordRef[] { new("", 0), new("contact", 0), new("contact", 7), new("My table", 7) })
            {
                await SaveAsync(device, record, "b", "x");
                await SaveAsync(device, record, "a", "x");
            }
        }

        Assert.Equal(24, (await ListRowsAsync(new KeyQuery("erp"))).Count);
        Assert.Equal(16, (await ListRowsAsync(new KeyQuery("erp", "unit"))).Count);
        Assert.Equal(8, (await ListRowsAsync(new KeyQuery("erp", "unit", "2"))).Count);
        Assert.Equal(
            [("contact", 0, "a"), ("contact", 0, "b"), ("contact", 7, "a"), ("contact", 7, "b")],
            (await ListRowsAsync(new KeyQuery("erp", "unit", "2", "CONTACT"))).Select(k => (k.Record.Table, k.Record.Id, k.Name)));
        Assert.Equal(["a", "b"], (await ListRowsAsync(new KeyQuery("erp", "unit", "1", "contact", 0))).Select(k => k.Name));
        Assert.Equal(2, (await ListRowsAsync(new KeyQuery("erp", "unit", "1", "my TABLE", 7))).Count);
        Assert.Equal(2, (await ListRowsAsync(new KeyQuery("erp", "unit", "1", ""))).Count);
        Assert.Empty(await ListRowsAsync(new KeyQuery("none")));
        Assert.Empty(await ListRowsAsync(new KeyQuery("erp", "unit", "1", "no such table")));
    }

    [SkippableFact]
    public async Task LongList_ComesInPages_EachKeyOnce()
    {
        var ids = Enumerable.Range(1, 2_500).ToArray();
        await Task.WhenAll(ids.Select(id => SaveAsync(Device, new RecordRef(id % 2 == 0 ? "contact" : "person", id), "id", "x")));

        Assert.Equal(ids, (await ListRowsAsync(new KeyQuery("erp"))).Select(k => k.Record.Id).Order());
        Assert.Equal(
            ids.Where(id => id % 2 == 0), (await ListRowsAsync(new KeyQuery("erp", "unit", "1", "contact"))).Select(k => k.Record.Id));
    }

    [SkippableFact]
    public async Task ListOfLongValues_ComesInShortPages_EachKeyOnce()
    {
        var ids = Enumerable.Range(1, 600).ToArray();
        await Task.WhenAll(
            ids.Select(id => SaveAsync(Device, new RecordRef("contact", id), "id", id is < 200 or > 500 ? "x" : new string('x', 8_000))));

        var pages = new List<IReadOnlyList<StoredKey>>();
        await foreach (var page in _store.ListKeysAsync(new KeyQuery("erp"), default))
        {
            pages.Add(page);
        }

        Assert.Equal(ids, pages.SelectMany(page => page).Select(key => key.Record.Id));
        Assert.All(pages, page => Assert.InRange(page.Sum(key => key.Value.Length), 1, 64 * 1024 + 8_000));
        Assert.InRange(pages.Count, 30, 50);
    }

    [SkippableFact]
    public async Task KeysOnARecord_AreThoseOfAllApplications_TheOldestFirst()
    {
        await SaveAsync(Device with { Application = "z" }, new RecordRef("contact", 7), "id", "1");
        await SaveAsync(Device with { Application = "a" }, new RecordRef("contact", 7), "id", "2");
        await SaveAsync(Device, new RecordRef("contact", 8), "id", "3");

        var keys = await _store.ListKeysOnRecordAsync(new RecordRef("Contact", 7), By.FullName, default);

        Assert.Equal(
            [(Device with { Application = "z" }, "1"), (Device with { Application = "a" }, "2")],
            keys.Select(key => (key.Device, key.Key.Value)));
        Assert.Empty(await _store.ListKeysOnRecordAsync(new RecordRef("no such table", 7), By.FullName, default));
    }

    private async Task<List<StoredKey>> ListRowsAsync(KeyQuery query)
    {
        var keys = new List<StoredKey>();
        await foreach (var page in _store.ListKeysAsync(query, default))
        {
            keys.AddRange(page);
        }

        return keys;
    }
}
