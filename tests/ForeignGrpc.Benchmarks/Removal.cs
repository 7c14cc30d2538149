using System.Diagnostics;
using System.Globalization;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Postgres;
using ForeignGrpc.Store.Sqlite;

namespace ForeignGrpc.Benchmarks;

/// <summary>How long saves of others wait while an application of many keys is deleted, and while one of many devices is patched.</summary>
internal static class Removal
{
    private const int Callers = 2_000;
    private static readonly Author By = new("Terje Development");

    /// <param name="how">`sqlite` or `postgres`.</param>
    /// <param name="connection">The connection string of a new database.</param>
    /// <param name="keys">How many keys the application has.</param>
    /// <param name="devices">How many devices another application has.</param>
    public static async Task RunAsync(string how, string connection, int keys, int devices)
    {
        var options = new StoreOptions { ConnectionString = connection };
        await using IForeignSystemStore store = how == "postgres"
            ? PostgresStore.Open(options, TimeProvider.System)
            : SqliteStore.Open(options, TimeProvider.System);
        await FillAsync(keys, i => Key("large", "dev", i), store);
        await FillAsync(devices, i => Key("wide", $"dev {i}", i), store);
        var wide = (await store.FindAppAsync("wide", default))!;
        var large = (await store.FindAppAsync("large", default))!;

        await MeasureAsync("nothing", store, () => Task.Delay(TimeSpan.FromSeconds(3)));
        await MeasureAsync($"a patch of an application of {devices:N0} devices", store, () => store.ChangeAppAsync(
            wide.Id,
            app => new(new AppSave(0, $"{app.Name}.", [new DeviceSave(app.Devices[7].Id, "renamed", null)])),
            By,
            default,
            default));
        await MeasureAsync("a save of 5,000 new devices", store, () => store.SaveAppAsync(
            new AppSave(0, "new", [.. Enumerable.Range(0, 5_000).Select(i => new DeviceSave(0, $"dev {i}", null))]), By, default, default));
        await MeasureAsync($"the deletion of keys of a name, {keys:N0}", store, () => store.DeleteKeysAsync(
            new KeyFilter(new DeviceAddress("large", "dev", ""), "none", null, null), default));
        await MeasureAsync($"the deletion of an application of {keys:N0} keys", store, async () =>
        {
            var clock = Stopwatch.StartNew();
            await store.DeleteAppAsync(large.Id, default, default);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  answered after {clock.Elapsed.TotalMilliseconds:F0} ms"));
            await Task.Delay(TimeSpan.FromSeconds(keys / 40_000));
        });
    }

    private static KeyAddress Key(string app, string device, int record) =>
        new(new DeviceAddress(app, device, ""), new RecordRef("contact", record), "k");

    private static async Task FillAsync(int count, Func<int, KeyAddress> key, IForeignSystemStore store)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var mine = Interlocked.Increment(ref next); mine < count; mine = Interlocked.Increment(ref next))
            {
                await store.SaveKeyAsync(key(mine), $"v{mine:D11}", By, default);
            }
        })));
    }

    /// <summary>One caller saves all the while.</summary>
    private static async Task MeasureAsync(string beside, IForeignSystemStore store, Func<Task> work)
    {
        var waits = new List<double>();
        var done = Task.Run(work);
        for (var i = 0; !done.IsCompleted; i++)
        {
            var clock = Stopwatch.StartNew();
            await store.SaveKeyAsync(Key("small", "dev", i % 1_000), $"v{i:D11}", By, default);
            waits.Add(clock.Elapsed.TotalMilliseconds);
        }

        await done;
        waits.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"beside {beside}: {waits.Count:N0} saves, p50 {waits[waits.Count / 2]:F1} ms, "
            + $"p99 {waits[waits.Count * 99 / 100]:F1} ms, longest {waits[^1]:F0} ms"));
    }
}
