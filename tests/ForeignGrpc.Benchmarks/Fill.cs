using System.Diagnostics;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sqlite;

namespace ForeignGrpc.Benchmarks;

/// <summary>
/// Makes a database of so many keys on one device, by the store itself: key `k` on the contacts 0 and up, values of 12 characters.
/// </summary>
internal static class Fill
{
    private const int Callers = 2_000;

    public static async Task RunAsync(string file, int keys)
    {
        var clock = Stopwatch.StartNew();
        var record = -1;
        await using (var store = SqliteStore.Open(new StoreOptions { ConnectionString = $"Data Source={file}" }, TimeProvider.System))
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (var mine = Interlocked.Increment(ref record); mine < keys; mine = Interlocked.Increment(ref record))
                {
                    var address = new KeyAddress(new DeviceAddress("erp", "dev", "id1"), new RecordRef("contact", mine), "k");
                    await store.SaveKeyAsync(address, $"v{mine:D11}", new Author("Terje Development"), CancellationToken.None);
                }
            })));
        }

        Console.WriteLine($"{keys:N0} keys in {clock.Elapsed.TotalSeconds:F1} s, {new FileInfo(file).Length / (double)keys:F0} bytes each");
    }
}
