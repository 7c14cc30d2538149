using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Runs scans on threads of its own, with a low priority and a connection each. So scans take no threads from calls, and give way to them.
/// </summary>
internal sealed class SqliteScanners : IAsyncDisposable
{
    private readonly WorkQueue<SqlSession> _queue = new(int.MaxValue);
    private readonly Func<SqlSession> _connect;
    private readonly Task _stopped;

    public SqliteScanners(Func<SqlSession> connect, int count)
    {
        _connect = connect;
        _stopped = Task.WhenAll(Enumerable.Range(1, count).Select(i =>
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Run(stopped)) { Name = $"store scanner {i}", IsBackground = true }.Start();
            return stopped.Task;
        }).ToArray());
    }

    /// <inheritdoc cref="SqliteReaders.ReadAsync"/>
    public Task<T> ReadAsync<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken) =>
        _queue.DoAsync(new Work<SqlSession, T>(session => session.Watched(query, limit, cancellationToken), cancellationToken));

    /// <summary>Runs the queued queries, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _stopped.ConfigureAwait(false);
    }

    private void Run(TaskCompletionSource stopped)
    {
        ThreadPriorities.GiveWay();
        SqlSession? session = null;
        foreach (var work in _queue.TakeBatches(1).SelectMany(batch => batch))
        {
            try
            {
                if (!work.WithdrawIfCancelled())
                {
                    work.Run(session ??= _connect());
                }
            }
            catch (Exception e)
            {
                work.Fail(SqliteErrors.Translate(e));
            }

            work.Acknowledge();
        }

        session?.Dispose();
        stopped.SetResult();
    }
}
