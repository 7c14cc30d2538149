using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of applications and devices.</summary>
public abstract partial class StoreTests
{
    private static readonly Precondition None = new(UnmodifiedSince: null);

    [SkippableFact]
    public async Task NewApp_IsReturnedAndFoundByIdAndName()
    {
        var saved = await _store.SaveAppAsync(new AppSave(0, "erp", []), By, None, default);

        Assert.True(saved.Id > 0);
        Assert.Equal(("erp", new AuditStamp(Time.GetUtcNow(), By), saved.Created), (saved.Name, saved.Created, saved.Updated));
        AssertSame(saved, await _store.FindAppAsync(saved.Id, default));
        AssertSame(saved, await _store.FindAppAsync("erp", default));
        Assert.Null(await _store.FindAppAsync("ERP", default));
        Assert.Null(await _store.FindAppAsync(saved.Id + 1, default));
    }

    [SkippableFact]
    public async Task AppThatIsThere_IsTakenAsItIs()
    {
        var first = await _store.SaveAppAsync(new AppSave(0, "erp", []), By, None, default);
        Time.Advance(TimeSpan.FromMinutes(1));

        AssertSame(first, await _store.SaveAppAsync(new AppSave(0, "erp", []), new Author("Grace Hopper"), None, default));
    }

    [SkippableFact]
    public async Task SavedApp_IsRenamed_AndAddsAndUpdatesItsDevices_AndRemovesNone()
    {
        var first = await _store.SaveAppAsync(new AppSave(0, "erp", [new(0, "one", "1"), new(0, "two", null)]), By, None, default);
        Assert.Equal([("one", "1"), ("two", "")], first.Devices.Select(d => (d.Name, d.Identifier)));
        await SaveAsync(new DeviceAddress("erp", "one", "1"), new RecordRef("contact", 1), "id", "x");
        Time.Advance(TimeSpan.FromMinutes(1));

        var change = new AppSave(first.Id, "crm", [new(first.Devices[0].Id, "uno", null), new(0, "three", "3")]);
        var second = await _store.SaveAppAsync(change, new Author("Grace Hopper"), None, default);

        Assert.Equal((first.Id, "crm", first.Created), (second.Id, second.Name, second.Created));
        Assert.Equal(new AuditStamp(Time.GetUtcNow(), new Author("Grace Hopper")), second.Updated);
        Assert.Equal([("uno", "1"), ("two", ""), ("three", "3")], second.Devices.Select(d => (d.Name, d.Identifier)));
        Assert.Equal([first.Devices[0].Id, first.Devices[1].Id], second.Devices.Take(2).Select(d => d.Id));
        Assert.Equal(first.Devices[1], second.Devices[1]);
        Assert.Equal("x", (await FindAsync(new DeviceAddress("crm", "uno", "1"), new RecordRef("contact", 1), "id"))?.Value);
        Assert.Null(await FindAsync(new DeviceAddress("erp", "one", "1"), new RecordRef("contact", 1), "id"));
        await SaveAsync(new DeviceAddress("erp", "one", "1"), new RecordRef("contact", 1), "id", "a new one");
        Assert.Equal("x", (await FindAsync(new DeviceAddress("crm", "uno", "1"), new RecordRef("contact", 1), "id"))?.Value);
    }

    [SkippableFact]
    public async Task AppSaveThatFails_ChangesNothing()
    {
        var erp = await _store.SaveAppAsync(new AppSave(0, "erp", [new(0, "one", "1"), new(0, "two", "2")]), By, None, default);
        var crm = await _store.SaveAppAsync(new AppSave(0, "crm", []), By, None, default);
        var later = Time.GetUtcNow().AddSeconds(-1);

        await RefusedAsync(StoreError.NotFound, new AppSave(crm.Id + 1, "x", []), None);
        await RefusedAsync(StoreError.AlreadyExists, new AppSave(crm.Id, "erp", []), None);
        await RefusedAsync(StoreError.ChangedSince, new AppSave(erp.Id, "x", []), new Precondition(later));
        await RefusedAsync(StoreError.NotFound, new AppSave(crm.Id, "x", [new(erp.Devices[0].Id, "one", "1")]), None);
        await RefusedAsync(
            StoreError.AlreadyExists, new AppSave(erp.Id, "x", [new(0, "new", ""), new(erp.Devices[0].Id, "two", "2")]), None);

        AssertSame(erp, await _store.FindAppAsync(erp.Id, default));
        AssertSame(crm, await _store.FindAppAsync(crm.Id, default));

        async Task RefusedAsync(StoreError error, AppSave app, Precondition precondition) => Assert.Equal(
            error, (await Assert.ThrowsAsync<StoreException>(() => _store.SaveAppAsync(app, By, precondition, default))).Error);
    }

    [SkippableFact]
    public async Task ChangedApp_IsSavedByWhatItWas()
    {
        var app = await _store.SaveAppAsync(new AppSave(0, "erp", [new(0, "one", "1"), new(0, "two", "2")]), By, None, default);

        var changed = await _store.ChangeAppAsync(
            app.Id, was => new(new AppSave(0, was.Name + "!", [new(0, "three", null)], [was.Devices[0].Id])), By, None, default);
        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(
            () => _store.ChangeAppAsync(app.Id, _ => throw new InvalidTimeZoneException(), By, None, default));
        var missing = await Assert.ThrowsAsync<StoreException>(() => _store.ChangeAppAsync(app.Id + 1, _ => default, By, None, default));

        Assert.Equal((app.Id, "erp!"), (changed.Id, changed.Name));
        Assert.Equal(["two", "three"], changed.Devices.Select(d => d.Name));
        Assert.NotNull(failure);
        Assert.Equal(StoreError.NotFound, missing.Error);
        AssertSame(changed, await _store.FindAppAsync(app.Id, default));
    }

    [SkippableFact]
    public async Task DeletedApp_TakesItsDevicesAndKeysAlong_AndNoOthers()
    {
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "x");
        await SaveAsync(Device with { Application = "other" }, new RecordRef("contact", 1), "id", "y");
        var app = (await _store.FindAppAsync("erp", default))!;

        var refused = await Assert.ThrowsAsync<StoreException>(
            () => _store.DeleteAppAsync(app.Id, new Precondition(Time.GetUtcNow().AddSeconds(-1)), default));
        Assert.Equal(StoreError.ChangedSince, refused.Error);
        Assert.NotNull(await _store.FindAppAsync(app.Id, default));
        await _store.DeleteAppAsync(app.Id, new Precondition(Time.GetUtcNow()), default);
        await _store.DeleteAppAsync(app.Id, None, default);

        Assert.Null(await _store.FindAppAsync("erp", default));
        Assert.Null(await _store.FindDeviceAsync(app.Devices[0].Id, default));
        Assert.Null(await FindAsync(Device, new RecordRef("contact", 1), "id"));
        Assert.Equal("y", (await FindAsync(Device with { Application = "other" }, new RecordRef("contact", 1), "id"))?.Value);
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "again");
        Assert.NotEqual(app.Id, (await _store.FindAppAsync("erp", default))!.Id);
    }

    [SkippableFact]
    public async Task Device_IsFoundByIdentifier_ByName_AndById()
    {
        var late = await _store.SaveDeviceAsync(Device with { Identifier = "late" }, null, null, By, default);
        var early = await _store.SaveDeviceAsync(Device with { Identifier = "early" }, null, null, By, default);

        Assert.Equal(early, await _store.FindDeviceAsync(Device with { Identifier = "early" }, default));
        Assert.Equal(late, await _store.FindDeviceAsync(Device with { Identifier = null }, default));
        Assert.Equal(early, await _store.FindDeviceAsync(early.Id, default));
        Assert.Null(await _store.FindDeviceAsync(Device with { Identifier = "" }, default));
        Assert.Null(await _store.FindDeviceAsync(early.Id + 1, default));
    }

    [SkippableFact]
    public async Task SavedDevice_IsRenamedAndReidentified_AndKeepsItsKeys()
    {
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "x");
        var before = (await _store.FindDeviceAsync(Device, default))!;
        Time.Advance(TimeSpan.FromMinutes(1));

        var renamed = await _store.SaveDeviceAsync(Device, "new name", "", new Author("Grace Hopper"), default);

        Assert.Equal((before.Id, "new name", ""), (renamed.Id, renamed.Name, renamed.Identifier));
        Assert.Equal(new AuditStamp(Time.GetUtcNow(), new Author("Grace Hopper")), renamed.Updated);
        Assert.Equal("x", (await FindAsync(new DeviceAddress("erp", "new name", ""), new RecordRef("contact", 1), "id"))?.Value);
        Assert.Null(await _store.FindDeviceAsync(Device, default));
        var byId = await _store.SaveDeviceAsync("erp", new DeviceSave(before.Id, null, "2"), By, default);
        Assert.Equal((before.Id, "new name", "2"), (byId.Id, byId.Name, byId.Identifier));
    }

    [SkippableFact]
    public async Task DeviceSaveThatFails_ChangesNothing()
    {
        var one = await _store.SaveDeviceAsync(Device, null, null, By, default);
        await _store.SaveDeviceAsync(Device with { Identifier = "2" }, null, null, By, default);

        Assert.Equal(
            StoreError.AlreadyExists,
            (await Assert.ThrowsAsync<StoreException>(() => _store.SaveDeviceAsync(Device, null, "2", By, default))).Error);
        var elsewhere = new DeviceSave(one.Id, "x", "");
        Assert.Equal(
            StoreError.NotFound,
            (await Assert.ThrowsAsync<StoreException>(() => _store.SaveDeviceAsync("other", elsewhere, By, default))).Error);

        Assert.Equal(one, await _store.FindDeviceAsync(Device, default));
        Assert.Null(await _store.FindAppAsync("other", default));
    }

    [SkippableFact]
    public async Task DeletedDevice_TakesItsKeysAlong()
    {
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "x");
        await SaveAsync(Device with { Identifier = "2" }, new RecordRef("contact", 1), "id", "y");
        var second = (await _store.FindDeviceAsync(Device with { Identifier = "2" }, default))!;

        await _store.DeleteDeviceAsync(Device, default);
        await _store.DeleteDeviceAsync(Device, default);
        await _store.DeleteDeviceAsync("other app", second.Id, default);

        Assert.Equal("y", (await FindAsync(Device with { Identifier = null }, new RecordRef("contact", 1), "id"))?.Value);
        await _store.DeleteDeviceAsync("erp", second.Id, default);
        Assert.Null(await FindAsync(Device with { Identifier = null }, new RecordRef("contact", 1), "id"));
    }

    private static void AssertSame(StoredApp expected, StoredApp? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Devices, actual.Devices);
        Assert.Equal(expected with { Devices = actual.Devices }, actual);
    }
}
