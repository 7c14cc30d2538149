using System.Collections.Concurrent;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Connections for reads, opened as needed up to a limit, so that a burst of writes never queues ahead of a read.</summary>
internal sealed class SqliteReaders(Func<SqlSession> connect, int limit) : IAsyncDisposable
{
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private readonly SemaphoreSlim _free = new(limit);
    private volatile bool _closed;

    /// <summary>Runs the query on a connection of its own; it sees every write acknowledged before it began.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: it takes longer than the limit.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_closed)
            {
                throw new StoreException(StoreError.Unavailable, $"The store is closing.");
            }

            var session = _idle.TryTake(out var idle) ? idle : connect();
            try
            {
                return session.Watched(query, limit, cancellationToken);
            }
            finally
            {
                _idle.Add(session);
            }
        }
        catch (Exception e) when (e is SqliteException or DecoderFallbackException)
        {
            throw SqliteErrors.Translate(e);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for the queries under way, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        for (var i = 0; i < limit; i++)
        {
            await _free.WaitAsync().ConfigureAwait(false);
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        _free.Release(limit);
    }
}
