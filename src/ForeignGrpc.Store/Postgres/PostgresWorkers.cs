using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Threads that take what waits in one queue, each with a session of its own, which it connects when it first needs it and again whenever
/// it broke. They block while the database works, so that no thread that others need ever does.
/// </summary>
/// <typeparam name="TSession">What the work needs.</typeparam>
internal sealed class PostgresWorkers<TSession> : IAsyncDisposable
    where TSession : SqlSession
{
    private readonly WorkQueue<TSession> _queue;
    private readonly Func<TSession> _connect;
    private readonly Action<PostgresWorker<TSession>, IReadOnlyList<Work<TSession>>> _carryOut;
    private readonly int _maxBatch;
    private readonly Contention _contention;
    private readonly Task _stopped;

    /// <param name="name">What the threads are named.</param>
    /// <param name="count">How many threads, and so connections, there are.</param>
    /// <param name="capacity">How much work may wait.</param>
    /// <param name="maxBatch">How much of it one thread takes at once.</param>
    /// <param name="connect">Makes a session.</param>
    /// <param name="contention">Where locks that were in the way are noted.</param>
    /// <param name="carryOut">Does the work, postpones it, or fails it; what is not postponed is acknowledged then.</param>
    public PostgresWorkers(
        string name,
        int count,
        int capacity,
        int maxBatch,
        Func<TSession> connect,
        Contention contention,
        Action<PostgresWorker<TSession>, IReadOnlyList<Work<TSession>>> carryOut)
    {
        _queue = new WorkQueue<TSession>(capacity);
        (_maxBatch, _connect, _contention, _carryOut) = (maxBatch, connect, contention, carryOut);
        _stopped = Task.WhenAll(Enumerable.Range(1, count).Select(i =>
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Run(stopped)) { Name = $"{name} {i}", IsBackground = true }.Start();
            return stopped.Task;
        }).ToArray());
    }

    /// <inheritdoc cref="WorkQueue{TSession}.DoAsync"/>
    public Task<T> DoAsync<T>(Work<TSession, T> work) => _queue.DoAsync(work);

    /// <summary>Carries out what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _stopped.ConfigureAwait(false);
    }

    private void Run(TaskCompletionSource stopped)
    {
        using var worker = new PostgresWorker<TSession>(_connect, _contention);
        foreach (var batch in _queue.TakeBatches(_maxBatch))
        {
            _carryOut(worker, [.. batch.Where(work => !work.WithdrawIfCancelled())]);
            foreach (var work in batch)
            {
                if (work.IsPostponed)
                {
                    _ = _queue.ReturnAsync(work);
                }
                else
                {
                    work.Acknowledge();
                }
            }
        }

        stopped.SetResult();
    }
}
