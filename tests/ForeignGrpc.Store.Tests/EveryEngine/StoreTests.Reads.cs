using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Tests;

/// <summary>What every engine promises of reads that take long.</summary>
public abstract partial class StoreTests
{
    private const int ManyKeys = 2_000;

    private static readonly KeyRowQuery Light = new(Is(ListColumn.RecordId, Comparison.Equal, 1L), [], null, 0, 1);

    /// <summary>Takes seconds where there are <see cref="SaveManyAsync">many keys</see>, all of which it refuses.</summary>
    private static KeyRowQuery Heavy(string caller) => new(
        new ListFilter.Or([.. Enumerable.Range(0, 1_000).Select(i => Is(ListColumn.KeyValue, Comparison.Contains, $"y{i}"))]),
        [],
        null,
        0,
        1)
    { Caller = caller };

    [SkippableFact]
    public async Task ReadThatTakesTooLong_IsStopped_AndLeavesTheStoreAsItWas()
    {
        await SaveManyAsync();
        var limit = TimeSpan.FromMilliseconds(200);
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", Scanners = 1, ReadTime = limit });

        for (var round = 0; round < 3; round++)
        {
            var read = store.ListRowsAsync(Heavy("one"), default).AsTask();
            while (await Task.WhenAny(read, Task.Delay(20)) != read)
            {
                Time.Advance(limit);
            }

            var refusal = await Assert.ThrowsAsync<StoreException>(() => read);
            Assert.Equal(StoreError.ReadTooLong, refusal.Error);
            Assert.Contains("limit of 0.2 s (setting Storage:ReadSeconds)", refusal.Message, StringComparison.Ordinal);
        }

        // The clock stands still again, so no read takes too long, however busy the machine is.
        await SaveAsync(Device, new RecordRef("contact", 1), "id", "changed");
        Assert.Equal("changed", (await store.ListRowsAsync(Light, default))[0].Values[(int)ListColumn.KeyValue]);
    }

    [SkippableFact]
    public async Task ReadWhoseCallerHasGone_IsStopped_AndLeavesTheStoreAsItWas()
    {
        await SaveManyAsync();
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", Scanners = 1, ReadTime = TimeSpan.FromHours(1) });
        for (var round = 0; round < 3; round++)
        {
            using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(100 * round));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListRowsAsync(Heavy("one"), caller.Token));
        }

        Assert.Single(await store.ListRowsAsync(Light, default));
    }

    [SkippableFact]
    public async Task OthersReads_DoNotWaitBehindLongOnes()
    {
        await SaveManyAsync();
        await using var store = await OpenAsync(
            new StoreOptions { ConnectionString = "", Readers = 1, Scanners = 1, ReadTime = TimeSpan.FromHours(1) }, TimeProvider.System);
        using var end = new CancellationTokenSource();
        var scans = Enumerable.Range(0, 20).Select(_ => store.ListRowsAsync(Heavy("one"), end.Token).AsTask()).ToArray();

        await store.CheckAsync(default);
        Assert.NotNull(await store.FindKeyAsync(new KeyAddress(Device, new RecordRef("contact", 1), "id"), default));
        Assert.Single(await store.ListRowsAsync(Light with { Caller = "another" }, default));
        var keys = 0;
        await foreach (var page in store.ListKeysAsync(new KeyQuery("erp") { Caller = "another" }, default))
        {
            keys += page.Count;
        }

        Assert.Equal(ManyKeys, keys);
        Assert.Contains(scans, scan => !scan.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(scans));
    }

    [SkippableFact]
    public async Task ReadsOfOneCallerThatWait_AreBounded()
    {
        await SaveManyAsync();
        await using var store = await OpenAsync(
            new StoreOptions { ConnectionString = "", Scanners = 1, WaitingScans = 2, ReadTime = TimeSpan.FromHours(1) },
            TimeProvider.System);
        using var end = new CancellationTokenSource();
        var scans = Enumerable.Range(0, 10).Select(_ => store.ListRowsAsync(Heavy("one"), end.Token).AsTask()).ToArray();

        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await (await Task.WhenAny(scans)));

        Assert.Equal(StoreError.TooManyReads, refusal.Error);
        Assert.Contains("limit of 2 waiting lists (setting Storage:WaitingScans)", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await store.ListRowsAsync(Light with { Caller = "another" }, default));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(scans));
        Assert.Single(await store.ListRowsAsync(Light with { Caller = "one" }, default));
    }

    [SkippableFact]
    public async Task BusyStore_IsReady()
    {
        const int Capacity = 4;
        await using var store = await OpenAsync(new StoreOptions { ConnectionString = "", WriteQueueCapacity = Capacity, Writers = 1 });
        var saves = new List<Task<StoredDevice>>();
        Time.HoldWriters();
        try
        {
            saves.Add(store.SaveDeviceAsync(Device, null, null, By, default));
            await Time.WriterWaitsAsync();
            var refusal = Assert.Throws<StoreException>(() =>
            {
                for (var i = 0; i <= Capacity; i++)
                {
                    saves.Add(store.SaveDeviceAsync(Device with { Identifier = $"{i}" }, null, null, By, default));
                }
            });
            Assert.Equal(StoreError.Overloaded, refusal.Error);

            await store.CheckAsync(default);
        }
        finally
        {
            Time.ReleaseWriters();
        }

        await Task.WhenAll(saves);
    }

    private async Task SaveManyAsync() => await Task.WhenAll(
        Enumerable.Range(1, ManyKeys).Select(id => SaveAsync(Device, new RecordRef("contact", id), "id", new string('x', 2_000))));
}
