using System.Collections.Concurrent;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Work that waits for a thread with a session, up to so much of it.</summary>
internal sealed class WorkQueue<TSession>(int capacity) : IDisposable
{
    private static readonly TimeSpan PostponedFor = TimeSpan.FromMilliseconds(30);

    private readonly BlockingCollection<Work<TSession>> _waiting = new(capacity);
    private int _postponed;

    /// <summary>Has the work done; returns its result.</summary>
    /// <exception cref="StoreException">The queue is full, or takes no more; nothing was done.</exception>
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

    /// <summary>Queues work again that was postponed, after a moment.</summary>
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

    /// <summary>Takes no more. What waits is still done, so the collection is left for its readers to empty.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    /// <summary>
    /// What waits, up to so much at once, as soon as there is any; ends when it is closed and empty. A batch is good until the next is
    /// asked for.
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
