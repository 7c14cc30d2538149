using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

public abstract partial class StoreTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task WhileAChangeIsComputed_OthersSave()
    {
        var app = await _store.SaveAppAsync(new AppSave(0, "erp", [new DeviceSave(0, "unit", "1")]), By, default, default);
        var address = new KeyAddress(Device, new RecordRef("contact", 1), "id");
        var computes = new Task[]
        {
            Task.Run(() => _store.ChangeAppAsync(
                app.Id, now => new(Others(new AppSave(0, $"{now.Name} changed", []))), By, default, default)),
            Task.Run(() => _store.ChangeKeyAsync(address, _ => Others("changed"), By, default)),
        };

        await Task.WhenAll(computes).WaitAsync(Generous);

        T Others<T>(T result)
        {
            var other = new DeviceAddress("crm", $"unit {Guid.NewGuid()}", "");
            Assert.True(_store.SaveKeyAsync(address with { Device = other }, "x", By, default).Wait(Generous));
            Assert.True(_store.DeleteDeviceAsync(other, default).Wait(Generous));
            return result;
        }
    }

    [SkippableTheory]
    [InlineData("a device is added by a key")]
    [InlineData("a device is added")]
    [InlineData("a device is renamed")]
    [InlineData("a device is deleted")]
    [InlineData("a device is deleted by id")]
    [InlineData("the application is saved")]
    [InlineData("the application is saved with a device, by name")]
    [InlineData("the application is changed")]
    public async Task ChangeOfAnApplication_IsComputedAgain_When(string happens)
    {
        var app = await _store.SaveAppAsync(
            new AppSave(0, "erp", [new DeviceSave(0, "unit", "1"), new DeviceSave(0, "unit", "2")]), By, default, default);
        var calls = 0;
        var seen = new List<StoredApp>();

        var changed = await _store.ChangeAppAsync(
            app.Id,
            now =>
            {
                seen.Add(now);
                if (++calls == 1)
                {
                    Assert.True(InBetween().Wait(Generous));
                }

                return new(new AppSave(0, now.Name, [new DeviceSave(0, $"saw {now.Devices.Count}", "")]));
            },
            By,
            default,
            default);

        Assert.Equal(2, calls);
        Assert.NotEqual(seen[0].Version, seen[1].Version);
        Assert.Contains(changed.Devices, device => device.Name == $"saw {seen[1].Devices.Count}");
        Assert.Equal(seen[1].Devices.Count + 1, changed.Devices.Count);

        Task InBetween() => happens switch
        {
            "a device is added by a key" =>
                _store.SaveKeyAsync(new KeyAddress(Device with { Identifier = "3" }, new RecordRef("contact", 1), "id"), "x", By, default),
            "a device is added" => _store.SaveDeviceAsync("erp", new DeviceSave(0, "unit", "3"), By, default),
            "a device is renamed" => _store.SaveDeviceAsync(Device, "renamed", null, By, default),
            "a device is deleted" => _store.DeleteDeviceAsync(Device, default),
            "a device is deleted by id" => _store.DeleteDeviceAsync("erp", app.Devices[0].Id, default),
            "the application is saved" => _store.SaveAppAsync(new AppSave(app.Id, "crm", []), By, default, default),
            "the application is saved with a device, by name" =>
                _store.SaveAppAsync(new AppSave(0, "erp", [new DeviceSave(0, "unit", "3")]), By, default, default),
            _ => _store.SaveAppAsync(new AppSave(app.Id, "erp", [], [app.Devices[0].Id]), By, default, default),
        };
    }

    [SkippableFact]
    public async Task ChangeOfAKey_IsComputedAgain_WhenItIsSavedInBetween()
    {
        var address = new KeyAddress(Device, new RecordRef("contact", 1), "id");
        foreach (var first in new[] { "none", "old" })
        {
            var seen = new List<string?>();
            await _store.ChangeKeyAsync(
                address,
                now =>
                {
                    seen.Add(now?.Value);
                    if (seen.Count == 1)
                    {
                        Assert.True(_store.SaveKeyAsync(address, $"after {first}", new Author("Grace"), default).Wait(Generous));
                    }

                    return $"{now?.Value}, changed";
                },
                By,
                default);

            Assert.Equal(2, seen.Count);
            Assert.Equal($"after {first}, changed", (await _store.FindKeyAsync(address, default))?.Value);
        }
    }

    [SkippableFact]
    public async Task ChangeThatChangesNothing_SavesNothing()
    {
        var app = await _store.SaveAppAsync(new AppSave(0, "erp", [new DeviceSave(0, "unit", "1")]), By, default, default);
        var address = new KeyAddress(Device, new RecordRef("contact", 1), "id");
        var key = await _store.SaveKeyAsync(address, "x", By, default);
        Time.Advance(TimeSpan.FromMinutes(1));

        await _store.ChangeAppAsync(app.Id, _ => default, new Author("Grace"), default, default);
        await _store.ChangeKeyAsync(address, now => now!.Value, new Author("Grace"), default);

        var after = (await _store.FindAppAsync(app.Id, default))!;
        Assert.Equal((app.Updated, app.Version), (after.Updated, after.Version));
        Assert.Equal(key, await _store.FindKeyAsync(address, default));
    }

    [SkippableFact]
    public async Task ChangesOfOneApplicationAtOnce_AreAllMade()
    {
        var app = await _store.SaveAppAsync(new AppSave(0, "erp", []), By, default, default);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            await _store.ChangeAppAsync(app.Id, now => new(new AppSave(0, $"{CountOf(now) + 1}", [])), By, default, default);
            await _store.SaveDeviceAsync("other", new DeviceSave(0, "unit", $"{i}"), By, default);
        })));

        Assert.Equal("20", (await _store.FindAppAsync(app.Id, default))!.Name);

        // The first name is "erp", which counts as 0.
        static int CountOf(StoredApp app) => int.TryParse(app.Name, null, out var count) ? count : 0;
    }
}
