using System.Diagnostics;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Removes the rows of deleted applications and devices in the background, in small steps, so that saves get in between.</summary>
/// <param name="removeSome">Removes some rows in a transaction; returns their number, 0 when none are left.</param>
internal sealed class Remover(Func<CancellationToken, Task<int>> removeSome) : IAsyncDisposable
{
    /// <summary>The pause when no rows are left. After it the remover finds rows that another server left.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stops = new();
    private readonly SemaphoreSlim _wake = new(0);
    private Task _running = Task.CompletedTask;

    /// <summary>Starts, with the rows that were left when the last server stopped.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Ends the pause, because something was deleted.</summary>
    public void Wake() => _wake.Release();

    public async ValueTask DisposeAsync()
    {
        await _stops.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            var removed = await TryRemoveAsync().ConfigureAwait(false);
            if (removed == 0)
            {
                await _wake.WaitAsync(Rest, _stops.Token).ConfigureAwait(false);
            }
            else
            {
                // The pause is as long as the step, so the remover never takes more than half of the writer's time.
                await Task.Delay(removed is null ? RestAfterFailure : Stopwatch.GetElapsedTime(began), _stops.Token).ConfigureAwait(false);
            }
        }
    }

    /// <returns>The number of removed rows; null when the store failed. Callers of the store see such a failure themselves.</returns>
    private async Task<int?> TryRemoveAsync()
    {
        try
        {
            return await removeSome(_stops.Token).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
