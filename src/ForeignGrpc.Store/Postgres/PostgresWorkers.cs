using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// Threads that take work from a queue. Each has a session, which it connects when it first needs it, and again after it broke. These
/// threads block while the database works, so that no thread of the pool has to.
/// </summary>
/// <typeparam name="TSession">The kind of session.</typeparam>
internal sealed class PostgresWorkers<TSession> : IAsyncDisposable
    where TSession : SqlSession
{
    private readonly WorkQueue<TSession> _queue;
    private readonly Func<TSession> _connect;
    private readonly Action<PostgresWorker<TSession>, IReadOnlyList<Work<TSession>>> _carryOut;
    private readonly int _maxBatch;
    private readonly Contention _contention;
    private readonly ConnectionEra _era;
    private readonly Task _stopped;

    /// <param name="name">The name of the threads.</param>
    /// <param name="count">The number of threads, and so of connections.</param>
    /// <param name="capacity">The most work that waits.</param>
    /// <param name="maxBatch">The most work that a thread takes at once.</param>
    /// <param name="connect">Makes a session.</param>
    /// <param name="contention">Notes the locks that were in the way.</param>
    /// <param name="era">Tells which connections may have broken.</param>
    /// <param name="carryOut">Does, postpones or fails the work of a batch. Work that is not postponed is acknowledged afterwards.</param>
    public PostgresWorkers(
        string name,
        int count,
        int capacity,
        int maxBatch,
        Func<TSession> connect,
        Contention contention,
        ConnectionEra era,
        Action<PostgresWorker<TSession>, IReadOnlyList<Work<TSession>>> carryOut)
    {
        _queue = new WorkQueue<TSession>(capacity);
        (_maxBatch, _connect, _contention, _era, _carryOut) = (maxBatch, connect, contention, era, carryOut);
        _stopped = Task.WhenAll(Enumerable.Range(1, count).Select(i =>
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Run(stopped)) { Name = $"{name} {i}", IsBackground = true }.Start();
            return stopped.Task;
        }).ToArray());
    }

    /// <inheritdoc cref="WorkQueue{TSession}.DoAsync"/>
    public Task<T> DoAsync<T>(Work<TSession, T> work) => _queue.DoAsync(work);

    /// <summary>Does the queued work, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _stopped.ConfigureAwait(false);
    }

    private void Run(TaskCompletionSource stopped)
    {
        using var worker = new PostgresWorker<TSession>(_connect, _contention, _era);
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
