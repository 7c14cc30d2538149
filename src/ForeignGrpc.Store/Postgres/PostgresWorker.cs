using System.Runtime.ExceptionServices;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>One thread's session, and how work is done in it: again on a new connection where the old one had broken, and again where
/// another transaction was in the way, as long as nothing can have been committed.</summary>
internal sealed class PostgresWorker<TSession>(Func<TSession> connect, Contention contention) : IDisposable
    where TSession : SqlSession
{
    private const int Attempts = 10;

    private TSession? _session;

    /// <summary>Runs queries.</summary>
    /// <exception cref="StoreException">The database does not answer.</exception>
    public void Read(Action<TSession> query)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                query(Session());
                return;
            }
            catch (Exception e)
            {
                RecoverOrThrow(e, attempt);
            }
        }
    }

    /// <summary>Runs a change that is one statement, which commits by itself unless a pooler stands in between.</summary>
    /// <exception cref="StoreException">As <see cref="Write"/>.</exception>
    public void WriteAtOnce(Action<TSession> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = (PostgresConnection)Session().Connection;
                if (connection.IsPooled)
                {
                    Write(change);
                    return;
                }

                connection.LimitLockWaits(contention.LockMilliseconds);
            }
            catch (StoreException)
            {
                throw;
            }
            catch (Exception e)
            {
                ExceptionDispatchInfo.Throw(PostgresErrors.Translate(e));
            }

            try
            {
                change(_session!);
                return;
            }
            catch (Exception e) when (PostgresErrors.IsConnectionFailure(e) || e is TimeoutException)
            {
                Drop();
                throw PostgresErrors.TranslateCommit(e);
            }
            catch (Exception e)
            {
                RecoverOrThrow(e, attempt);
            }
        }
    }

    /// <summary>Runs changes in a transaction, which is durable when this returns.</summary>
    /// <exception cref="StoreException">The database does not answer, or the changes are refused. Nothing was done, unless the text says
    /// that it may have been.</exception>
    public void Write(Action<TSession> changes)
    {
        for (var attempt = 1; !TryWrite(changes, attempt); attempt++)
        {
        }
    }

    public void Dispose() => Drop();

    private bool TryWrite(Action<TSession> changes, int attempt)
    {
        PostgresConnection connection;
        try
        {
            connection = (PostgresConnection)Session().Connection;
            connection.BeginChanges(contention.LockMilliseconds);
            changes(_session!);
        }
        catch (Exception e)
        {
            RecoverOrThrow(e, attempt);
            return false;
        }

        try
        {
            connection.Commit();
            return true;
        }
        catch (PostgresException e) when (PostgresErrors.IsLostRace(e))
        {
            RecoverOrThrow(e, attempt);
            return false;
        }
        catch (Exception e)
        {
            Drop();
            throw PostgresErrors.TranslateCommit(e);
        }
    }

    private TSession Session() => _session ??= connect();

    /// <summary>Brings the session back to where it can be used, by a new one if need be, and returns when the same may be tried again;
    /// else throws what callers are told.</summary>
    private void RecoverOrThrow(Exception e, int attempt)
    {
        // A session that was there may have been broken for long. One that could not be made now tells that the database is away.
        // And whoever waited for an answer in vain shall not wait twice.
        var mayReconnect = attempt == 1 && _session is not null && PostgresErrors.IsConnectionFailure(e)
            && e.InnerException is not TimeoutException;
        Reset(e);
        if (PostgresErrors.IsLocked(e))
        {
            contention.Note();
        }

        if (PostgresErrors.IsLostRace(e) && attempt < Attempts)
        {
            Thread.Sleep(Random.Shared.Next(1, 2 * attempt));
        }
        else if (!mayReconnect)
        {
            ExceptionDispatchInfo.Throw(PostgresErrors.Translate(e));
        }
    }

    private void Reset(Exception e)
    {
        if (_session is null)
        {
            return;
        }

        if (PostgresErrors.IsConnectionFailure(e))
        {
            Drop();
            return;
        }

        try
        {
            (_session as SqlWriteSession)?.Forget();
            ((PostgresConnection)_session.Connection).Rollback();
        }
        catch (Exception rollback) when (PostgresErrors.IsConnectionFailure(rollback))
        {
            Drop();
        }
    }

    private void Drop()
    {
        var session = _session;
        _session = null;
        session?.Dispose();
    }
}
