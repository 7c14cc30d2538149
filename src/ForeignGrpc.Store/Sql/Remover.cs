using System.Diagnostics;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Removes in the background the devices and keys of what is deleted, in small steps, so that saves get in between.</summary>
/// <param name="removeSome">Removes some rows in a transaction of its own; returns how many, 0 when nothing is left.</param>
internal sealed class Remover(Func<CancellationToken, Task<int>> removeSome) : IAsyncDisposable
{
    /// <summary>How long it rests when nothing is left: what another server left undone is found then.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stops = new();
    private readonly SemaphoreSlim _wake = new(0);
    private Task _running = Task.CompletedTask;

    /// <summary>Begins, with what was left when the last server stopped.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Tells it that something was deleted.</summary>
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
                // As long as the step took, so that it never has more than half of the writer.
                await Task.Delay(removed is null ? RestAfterFailure : Stopwatch.GetElapsedTime(began), _stops.Token).ConfigureAwait(false);
            }
        }
    }

    /// <returns>How many rows it removed; null when the store could not, which callers of the store are told of, too.</returns>
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
