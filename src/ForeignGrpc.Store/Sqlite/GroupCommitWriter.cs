using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// The only writer. It gathers the writes that arrive during a commit into the next transaction, and acknowledges them together once they
/// are durable. A single write never waits for others. Each write has a savepoint, so a failing write fails alone.
/// </summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private readonly SqliteWriteSession _session;
    private readonly WorkQueue<SqlWriteSession> _queue;
    private readonly FileWatch _watch;
    private readonly int _maxBatch;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the writer.</summary>
    /// <param name="session">The session that it writes in.</param>
    /// <param name="watch">Refuses a commit into a file that was replaced.</param>
    /// <param name="queueCapacity">How many writes may wait.</param>
    /// <param name="maxBatch">How many writes may share a commit.</param>
    public GroupCommitWriter(SqliteWriteSession session, FileWatch watch, int queueCapacity, int maxBatch)
    {
        (_session, _watch) = (session, watch);
        _queue = new WorkQueue<SqlWriteSession>(queueCapacity);
        _maxBatch = maxBatch;
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs work in a transaction, and returns its result once it is durable.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Withdraws the work while it waits.</param>
    /// <param name="setsOwnSavepoint">Whether the work itself calls <see cref="SqliteWriteSession.SetSavepoint"/> before the first of
    /// several changes. A single statement needs no savepoint, which costs a fifth of a save.</param>
    /// <exception cref="StoreException">The queue is full, the writer is closing, or the transaction failed. Nothing was
    /// changed.</exception>
    public Task<T> WriteAsync<T>(Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint = false) =>
        _queue.DoAsync(new Work<SqlWriteSession, T>(work, cancellationToken, setsOwnSavepoint));

    /// <summary>Does the queued work, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _stopped.Task.ConfigureAwait(false);
        _session.Dispose();
    }

    private void Run()
    {
        foreach (var batch in _queue.TakeBatches(_maxBatch))
        {
            Commit(batch);
        }

        _stopped.SetResult();
    }

    private void Commit(List<Work<SqlWriteSession>> batch)
    {
        try
        {
            _session.Prepared("BEGIN IMMEDIATE").Execute();
            foreach (var item in batch)
            {
                Run(item);
            }

            _watch.Require();
            _session.Prepared("COMMIT").Execute();
        }
        catch (Exception e)
        {
            _session.Forget();
            if (_session.InTransaction)
            {
                _session.Prepared("ROLLBACK").Execute();
            }

            var reason = SqliteErrors.Translate(e);
            batch.ForEach(item => item.Fail(reason));
        }

        batch.ForEach(item => item.Acknowledge());
    }

    private void Run(Work<SqlWriteSession> item)
    {
        if (item.WithdrawIfCancelled())
        {
            return;
        }

        try
        {
            try
            {
                Attempt(item);
            }
            catch (Exception e) when (_session.InTransaction && SqliteErrors.IsForeignKeyViolation(e))
            {
                Attempt(item);
            }
        }
        catch (Exception e) when (_session.InTransaction)
        {
            item.Fail(SqliteErrors.Translate(e));
        }
    }

    private void Attempt(Work<SqlWriteSession> item)
    {
        try
        {
            if (!item.SetsOwnSavepoint)
            {
                _session.SetSavepoint();
            }

            item.Run(_session);
        }
        catch when (_session.InTransaction)
        {
            _session.Forget();
            _session.RollbackToSavepoint();
            throw;
        }
        finally
        {
            _session.ReleaseSavepoint();
        }
    }
}
