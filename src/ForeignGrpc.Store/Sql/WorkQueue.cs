using System.Collections.Concurrent;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>A bounded queue of work for threads with sessions. Thread-safe.</summary>
/// <param name="capacity">The most work that waits.</param>
internal sealed class WorkQueue<TSession>(int capacity) : IDisposable
{
    private static readonly TimeSpan PostponedFor = TimeSpan.FromMilliseconds(30);

    private readonly BlockingCollection<Work<TSession>> _waiting = new(capacity);
    private int _postponed;

    /// <summary>Queues work; returns its result when it is done.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Overloaded"/>: the queue is full. <see cref="StoreError.Unavailable"/>: the
    /// store is closing.</exception>
    public Task<T> DoAsync<T>(Work<TSession, T> work)
    {
        try
        {
            return _waiting.TryAdd(work)
                ? work.Task
                : throw new StoreException(StoreError.Overloaded, $"The queue of writes is full ({capacity:N0}); nothing was changed.");
        }
        catch (InvalidOperationException) when (_waiting.IsAddingCompleted)
        {
            throw new StoreException(StoreError.Unavailable, $"The store is closing; nothing was changed.");
        }
    }

    /// <summary>Queues postponed work again after 30 milliseconds.</summary>
    public async Task ReturnAsync(Work<TSession> work)
    {
        var isQueued = false;
        if (Interlocked.Increment(ref _postponed) <= capacity)
        {
            await Task.Delay(PostponedFor).ConfigureAwait(false);
            isQueued = TryQueue(work);
        }

        Interlocked.Decrement(ref _postponed);
        if (!isQueued)
        {
            work.Fail(new StoreException(StoreError.Overloaded, $"The queue of writes is full ({capacity:N0}); nothing was changed."));
            work.Acknowledge();
        }
    }

    /// <summary>Closes the queue. Its threads still do the work that waits.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    /// <summary>
    /// Waits for work, and takes up to a number at once. Ends when the queue is closed and empty. A batch is valid until the next one.
    /// </summary>
    public IEnumerable<List<Work<TSession>>> TakeBatches(int atMost)
    {
        var batch = new List<Work<TSession>>();
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < atMost && _waiting.TryTake(out var next))
            {
                batch.Add(next);
            }

            yield return batch;
        }
    }

    private bool TryQueue(Work<TSession> work)
    {
        try
        {
            return _waiting.TryAdd(work);
        }
        catch (InvalidOperationException) when (_waiting.IsAddingCompleted)
        {
            return false;
        }
    }
}
