using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Tests;

public abstract partial class StoreTests
{
    private const int KeysOfADevice = 200;

    private static readonly string[] KeyNames = ["deleted", "other"];
    private static readonly DeviceAddress OtherDevice = new("erp", "unit", "2");

    /// <summary>Tables that deleting an application takes rows from.</summary>
    private static readonly string[] Tables = ["foreign_app", "foreign_device", "foreign_key"];

    [SkippableFact]
    public async Task DeletedApplication_IsFoundByNoReadAtOnce_AndItsNameIsFree()
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", RemovedAtOnce = 0 });
        var app = await FillAsync(store);
        var position = (await store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 1), default))[0].Position;
        await using var stream = store.ListKeysAsync(new KeyQuery("erp"), default).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        await store.DeleteAppAsync(app.Id, default, default);

        Assert.NotEqual(0, await CountRowsAsync());
        Assert.False(await stream.MoveNextAsync());
        await AssertNotFoundAsync(store, app, Device);
        await AssertNotFoundAsync(store, app, OtherDevice);
        Assert.Null(await store.FindAppAsync("erp", default));
        Assert.Null(await store.FindAppAsync(app.Id, default));
        Assert.Empty(await store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 100), default));
        Assert.Empty(await store.ListRowsAsync(new KeyRowQuery(null, [(ListColumn.KeyValue, true)], null, 0, 100), default));
        Assert.Empty(await store.ListRowsAsync(new KeyRowQuery(null, [], position, 0, 100), default));
        Assert.Equal(
            StoreError.NotFound, await ErrorOfAsync(() => store.SaveAppAsync(new AppSave(app.Id, "crm", []), By, default, default)));
        Assert.Equal(StoreError.NotFound, await ErrorOfAsync(
            () => store.ChangeAppAsync(app.Id, now => new(new AppSave(0, now.Name, [])), By, default, default)));
        await store.DeleteAppAsync(app.Id, new Precondition(DateTimeOffset.UnixEpoch), default);
        await store.DeleteDeviceAsync("erp", app.Devices[0].Id, default);
        await store.DeleteDeviceAsync(Device, default);

        await store.SaveKeyAsync(new KeyAddress(Device, new RecordRef("contact", 1), "id"), "new", By, default);

        var again = (await store.FindAppAsync("erp", default))!;
        Assert.True(again.Id > app.Id);
        Assert.DoesNotContain(again.Devices, device => app.Devices.Any(old => old.Id == device.Id));
        Assert.Equal(["new"], (await KeysAsync(store, new KeyQuery("erp"))).Select(key => key.Value));
        Assert.Single(await store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 100), default));
    }

    [SkippableTheory]
    [InlineData("by name")]
    [InlineData("by id")]
    [InlineData("by a change of the application")]
    public async Task DeletedDevice_IsFoundByNoReadAtOnce_AndItsNameIsFree(string how)
    {
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", RemovedAtOnce = 0 });
        var app = await FillAsync(store);
        await using var stream = store.ListKeysAsync(new KeyQuery("erp"), default).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        var device = app.Devices.Single(device => device.Identifier == Device.Identifier);
        await (how switch
        {
            "by name" => store.DeleteDeviceAsync(Device, default),
            "by id" => store.DeleteDeviceAsync("erp", device.Id, default),
            _ => store.ChangeAppAsync(app.Id, now => new(new AppSave(0, now.Name, [], [device.Id])), By, default, default),
        });

        Assert.True(await CountRowsAsync() > 2 * KeysOfADevice);
        await AssertNotFoundAsync(store, app, Device);
        Assert.Equal([OtherDevice.Identifier], (await store.FindAppAsync(app.Id, default))!.Devices.Select(left => left.Identifier));
        Assert.Equal(KeysOfADevice, (await KeysAsync(store, new KeyQuery("erp"))).Count);
        Assert.Equal(KeysOfADevice, (await store.ListRowsAsync(new KeyRowQuery(null, [], null, 0, 1_000), default)).Count);
        Assert.True(await stream.MoveNextAsync());
        Assert.All(stream.Current, key => Assert.StartsWith(OtherDevice.Identifier!, key.Value, StringComparison.Ordinal));

        await store.SaveKeyAsync(new KeyAddress(Device, new RecordRef("contact", 1), "id"), "new", By, default);

        Assert.Equal(["new"], (await KeysAsync(store, new KeyQuery("erp", "unit", Device.Identifier))).Select(key => key.Value));
        Assert.True((await store.FindDeviceAsync(Device, default))!.Id > device.Id);
    }

    [SkippableFact]
    public async Task WhatIsDeleted_IsRemovedInStepsOfSoManyRows()
    {
        await FillAsync(_store);
        await _store.DisposeAsync();
        using (var session = ConnectWriter())
        {
            session.Prepared("UPDATE foreign_app SET name = NULL").Execute();
            var rows = await CountRowsAsync();
            for (var isMore = true; isMore;)
            {
                var removed = SqlStore.RemoveSome(session, 7);

                Assert.InRange(removed, 0, 7);
                Assert.Equal(rows - removed, rows = await CountRowsAsync());
                isMore = removed > 0;
            }

            Assert.Equal(0, rows);
        }

        _store = await OpenAsync(new StoreOptions { ConnectionString = "" });
    }

    [SkippableFact]
    public async Task WhatIsDeleted_IsRemovedInTheEnd_AlsoByTheNextServer()
    {
        var app = await FillAsync(_store);
        await _store.DeleteDeviceAsync(Device, default);
        await RemovedAsync(1 + 1 + KeysOfADevice);
        await _store.DisposeAsync();
        await using (var stopped = await OpenAsync(new StoreOptions { ConnectionString = "", RemovedAtOnce = 0 }))
        {
            await stopped.DeleteAppAsync(app.Id, default, default);
        }

        using (var session = ConnectWriter())
        {
            Assert.Equal(7, SqlStore.RemoveSome(session, 7));
        }

        Assert.NotEqual(0, await CountRowsAsync());
        _store = await OpenAsync(new StoreOptions { ConnectionString = "" });

        await RemovedAsync(0);
        Assert.Null(await _store.FindAppAsync("erp", default));
    }

    [SkippableFact]
    public async Task SavesAndDeletionsOfOneApplication_LeaveWhatWasSavedLast()
    {
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            {
                await SaveAsync(Device, new RecordRef("contact", i), "id", $"{round}");
                if (i % 10 == 0 && await _store.FindAppAsync("erp", default) is { } app)
                {
                    await _store.DeleteAppAsync(app.Id, default, default);
                }
            })));
            await SaveAsync(Device, new RecordRef("contact", 99), "id", $"{round}");
            Assert.Equal($"{round}", (await FindAsync(Device, new RecordRef("contact", 99), "id"))?.Value);
        }

        var left = (await KeysAsync(_store, new KeyQuery("erp"))).Count;
        await RemovedAsync(1 + 1 + left);
        Assert.Equal(left, (await KeysAsync(_store, new KeyQuery("erp"))).Count);
    }

    [SkippableTheory]
    [InlineData(null, 1_200 + 300)]
    [InlineData("contact", 1_200)]
    [InlineData("person", 300)]
    public async Task KeysOfAName_AreDeleted_HoweverManyThereAre(string? table, int count)
    {
        await Task.WhenAll(
            from id in Enumerable.Range(1, 1_200)
            from name in KeyNames
            select SaveAsync(Device, new RecordRef("contact", id), name, "x"));
        await Task.WhenAll(Enumerable.Range(1, 300).Select(id => SaveAsync(Device, new RecordRef("person", id), "deleted", "x")));
        await SaveAsync(OtherDevice, new RecordRef("contact", 1), "deleted", "x");

        Assert.Equal(count, await _store.DeleteKeysAsync(new KeyFilter(Device, "deleted", table, null), default));

        var left = await KeysAsync(_store, new KeyQuery("erp"));
        Assert.Equal(1_200 + 1_200 + 300 + 1 - count, left.Count);
        Assert.DoesNotContain(left[..^1], key => key.Name == "deleted" && (table is null || key.Record.Table == table));
        Assert.Equal("x", (await FindAsync(OtherDevice, new RecordRef("contact", 1), "deleted"))?.Value);
        Assert.Equal(0, await _store.DeleteKeysAsync(new KeyFilter(Device, "deleted", table, null), default));
    }

    /// <summary>A session that writes, beside the store's.</summary>
    private protected abstract SqlWriteSession ConnectWriter();

    private static async Task<StoredApp> FillAsync(IForeignSystemStore store)
    {
        foreach (var device in new[] { Device, OtherDevice })
        {
            await Task.WhenAll(Enumerable.Range(1, KeysOfADevice).Select(id =>
                store.SaveKeyAsync(new KeyAddress(device, new RecordRef("contact", id), "id"), $"{device.Identifier} {id}", By, default)));
        }

        return (await store.FindAppAsync("erp", default))!;
    }

    private static async Task AssertNotFoundAsync(IForeignSystemStore store, StoredApp app, DeviceAddress device)
    {
        var id = app.Devices.Single(one => one.Identifier == device.Identifier).Id;
        var record = new RecordRef("contact", 1);
        Assert.Null(await store.FindDeviceAsync(device, default));
        Assert.Null(await store.FindDeviceAsync(id, default));
        Assert.Null(await store.FindKeyAsync(new KeyAddress(device, record, "id"), default));
        Assert.Null(await store.FindKeyByValueAsync(device, "id", "contact", $"{device.Identifier} 1", By.FullName, default));
        Assert.Null(await store.FindKeyByValueAsync(
            device with { Identifier = null }, "id", "contact", $"{device.Identifier} 1", By.FullName, default));
        Assert.Empty(await KeysAsync(store, new KeyQuery(device.Application, device.Device, device.Identifier)));
        Assert.Empty(await KeysAsync(store, new KeyQuery(device.Application, device.Device, device.Identifier, "contact")));
        Assert.Empty(await KeysAsync(store, new KeyQuery(device.Application, device.Device, device.Identifier, "contact", 1)));
        Assert.DoesNotContain(
            await store.ListKeysOnRecordAsync(record, By.FullName, default), key => key.Key.Value == $"{device.Identifier} 1");
        Assert.Equal(0, await store.DeleteKeysAsync(new KeyFilter(device, "id", null, null), default));
        Assert.Empty(await store.ListRowsAsync(
            new KeyRowQuery(Is(ListColumn.DeviceId, Comparison.Equal, (long)id), [], null, 0, 10), default));
        Assert.Equal(
            StoreError.NotFound, await ErrorOfAsync(() => store.SaveDeviceAsync("erp", new DeviceSave(id, "x", null), By, default)));
    }

    private static async Task<StoreError> ErrorOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<StoreException>(call)).Error;

    private static async Task<List<StoredKey>> KeysAsync(IForeignSystemStore store, KeyQuery query)
    {
        var keys = new List<StoredKey>();
        await foreach (var page in store.ListKeysAsync(query, default))
        {
            keys.AddRange(page);
        }

        return keys;
    }

    /// <summary>Waits until so many rows are left.</summary>
    private async Task RemovedAsync(long left)
    {
        for (var waited = 0; await CountRowsAsync() != left; waited++)
        {
            Assert.True(waited < 3_000, $"{await CountRowsAsync()} rows are left, not {left}");
            await Task.Delay(20);
        }
    }

    /// <summary>Rows of applications, devices and keys, deleted ones too.</summary>
    private Task<long> CountRowsAsync()
    {
        using var session = ConnectWriter();
        return Task.FromResult(Tables.Sum(table => session.Prepared($"SELECT count(*) FROM {table}").Number()!.Value));
    }
}
