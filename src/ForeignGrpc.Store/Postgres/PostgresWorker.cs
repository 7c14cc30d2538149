using System.Runtime.ExceptionServices;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>The session of one thread. It runs work, and recovers from failures as <see cref="RecoveryFrom"/> says.</summary>
/// <param name="connect">Makes a session.</param>
/// <param name="contention">Notes the locks that were in the way.</param>
/// <param name="era">Tells which connections may have broken.</param>
internal sealed class PostgresWorker<TSession>(Func<TSession> connect, Contention contention, ConnectionEra era) : IDisposable
    where TSession : SqlSession
{
    private const int Attempts = 10;

    private TSession? _session;
    private int _era;
    private bool _isCommitting;

    /// <summary>Runs queries.</summary>
    /// <exception cref="StoreException">The database does not answer.</exception>
    public void Read(Action<TSession> query) => Run(query);

    /// <summary>
    /// Runs a change that is one statement. The statement commits by itself; behind a pooler it runs in a transaction.
    /// </summary>
    /// <exception cref="StoreException">As <see cref="Write"/>.</exception>
    public void WriteAtOnce(Action<TSession> change) => Run(session =>
    {
        var connection = (PostgresConnection)session.Connection;
        if (connection.IsPooled)
        {
            WriteInTransaction(session, change);
            return;
        }

        connection.LimitLockWaits(contention.LockMilliseconds);
        _isCommitting = true;
        change(session);
    });

    /// <summary>Runs changes in a transaction. They are durable when this returns.</summary>
    /// <exception cref="StoreException">The database does not answer, or refuses the changes. Nothing was changed, unless the message
    /// says that it may have been.</exception>
    public void Write(Action<TSession> changes) => Run(session => WriteInTransaction(session, changes));

    public void Dispose() => Disconnect();

    private void WriteInTransaction(TSession session, Action<TSession> changes)
    {
        var connection = (PostgresConnection)session.Connection;
        connection.BeginChanges(contention.LockMilliseconds);
        changes(session);
        _isCommitting = true;
        connection.Commit();
    }

    private void Run(Action<TSession> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            _isCommitting = false;
            try
            {
                work(Connected());
                return;
            }
            catch (Exception e)
            {
                var recovery = RecoveryFrom(e, attempt);
                Reset(e);
                if (recovery is Recovery.Fail or Recovery.FailInDoubt)
                {
                    ExceptionDispatchInfo.Throw(PostgresErrors.Translate(e, isInDoubt: recovery == Recovery.FailInDoubt));
                }
            }
        }
    }

    /// <summary>The session, on a connection of the current era.</summary>
    private TSession Connected()
    {
        if (_era != era.Current)
        {
            Disconnect();
            _era = era.Current;
        }

        return _session ??= connect();
    }

    /// <summary>Decides how to go on after a failure. A retry needs no pause: its statements wait for the other transaction.</summary>
    private Recovery RecoveryFrom(Exception e, int attempt)
    {
        if (PostgresErrors.IsLostRace(e))
        {
            return attempt < Attempts ? Recovery.Retry : Recovery.Fail;
        }

        if (!PostgresErrors.IsConnectionFailure(e))
        {
            return Recovery.Fail;
        }

        if (_isCommitting)
        {
            return Recovery.FailInDoubt;
        }

        // An idle connection may have broken long ago. A failure to connect, or to answer in time, means that the database is away.
        return attempt == 1 && _session is not null && !PostgresErrors.IsTimeout(e) ? Recovery.Reconnect : Recovery.Fail;
    }

    /// <summary>Rolls back, or closes a connection that broke.</summary>
    private void Reset(Exception e)
    {
        if (PostgresErrors.IsLocked(e))
        {
            contention.Note();
        }

        if (PostgresErrors.IsConnectionFailure(e))
        {
            if (_session is not null)
            {
                era.End(_era);
            }

            Disconnect();
            return;
        }

        try
        {
            (_session as SqlWriteSession)?.Forget();
            ((PostgresConnection?)_session?.Connection)?.Rollback();
        }
        catch (Exception rollback) when (PostgresErrors.IsConnectionFailure(rollback))
        {
            Disconnect();
        }
    }

    private void Disconnect()
    {
        var session = _session;
        _session = null;
        session?.Dispose();
    }
}
