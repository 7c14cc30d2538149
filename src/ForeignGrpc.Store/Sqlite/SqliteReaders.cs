using System.Collections.Concurrent;
using System.Text;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Runs look-ups on connections of its own, so that no read waits behind writes.</summary>
/// <param name="connect">Opens a connection. It is called when all are busy.</param>
/// <param name="limit">The most connections. More look-ups wait.</param>
internal sealed class SqliteReaders(Func<SqlSession> connect, int limit) : IAsyncDisposable
{
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private readonly SemaphoreSlim _free = new(limit);
    private volatile bool _closed;

    /// <summary>Runs a query on the thread of the caller. The query sees every write that was acknowledged before it began.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ReadTooLong"/>: the query took longer than the limit.</exception>
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

    /// <summary>Waits for the running queries, then closes the connections.</summary>
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
