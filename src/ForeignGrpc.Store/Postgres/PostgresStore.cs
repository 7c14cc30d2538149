using System.Diagnostics;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// The store in a PostgreSQL database, which any number of servers may share. It has connections for reads and for changes, and one that
/// saves keys in batches.
/// </summary>
public sealed class PostgresStore : SqlStore
{
    private static readonly TimeSpan RoundAtMost = TimeSpan.FromMilliseconds(500);

    private readonly PostgresDatabase _database;
    private readonly Contention _contention = new();
    private readonly ConnectionEra _era = new();
    private readonly TimeSpan _patience;
    private readonly PostgresWorkers<SqlSession> _readers;
    private readonly PostgresWorkers<SqlSession> _scanners;
    private readonly PostgresWorkers<SqlWriteSession> _writers;
    private readonly PostgresWorkers<PostgresSaveSession> _saver;

    private PostgresStore(PostgresDatabase database, StoreOptions options, TimeProvider time)
        : base(options, time)
    {
        (_database, _patience) = (database, TimeSpan.FromSeconds(options.LockSeconds));
        var (tables, persons) = (new TableNames(), new PersonNames());
        SqlSession Connect() => new(database.ConnectReader(options.ReadTime), tables, persons, time);
        _readers = new("store reader", options.Readers, int.MaxValue, 1, Connect, _contention, _era, Read);
        _scanners = new("store scanner", ScansAtOnce(options), int.MaxValue, 1, Connect, _contention, _era, Read);
        SqlWriteSession ConnectWriter() => new(database.ConnectWriter(), time);
        _writers = new("store writer", options.Writers, options.WriteQueueCapacity, 1, ConnectWriter, _contention, _era, WriteAlone);
        PostgresSaveSession ConnectSaver() => new(database.ConnectWriter(), Registry, time);
        _saver = new("store saver", 1, options.WriteQueueCapacity, options.MaxBatch, ConnectSaver, _contention, _era, SaveTogether);
        StartRemoving();
    }

    /// <summary>Connects to the database of the connection string.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators.</exception>
    public static PostgresStore Open(StoreOptions options, TimeProvider time)
    {
        var database = PostgresDatabase.Open(
            options.ConnectionString, options.LockSeconds, options.StatementSeconds, options.Prepares);
        return new PostgresStore(database, options, time);
    }

    /// <summary>Describes the database of a connection string for operators, without the password.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the connection string is not one for PostgreSQL.</exception>
    public static string Describe(string connectionString) => PostgresDatabase.Describe(connectionString);

    public override Task<StoredKey> SaveKeyAsync(KeyAddress address, string value, Author author, CancellationToken cancellationToken) =>
        _saver.DoAsync(new QueuedKeySave(address, value, author, session => SaveKey(session, address, value, author), cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await StopRemovingAsync().ConfigureAwait(false);
        await _saver.DisposeAsync().ConfigureAwait(false);
        await _writers.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        await _scanners.DisposeAsync().ConfigureAwait(false);
        _database.Dispose();
    }

    private protected override ValueTask<T> LookUpAsync<T>(
        Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken) =>
        new(_readers.DoAsync(new Work<SqlSession, T>(session => session.Watched(query, limit, cancellationToken), cancellationToken)));

    private protected override Task<T> ScanAsync<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken) =>
        _scanners.DoAsync(new Work<SqlSession, T>(session => session.Watched(query, limit, cancellationToken), cancellationToken));

    private protected override Task<T> WriteAsync<T>(
        Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint) =>
        _writers.DoAsync(new Work<SqlWriteSession, T>(work, cancellationToken));

    private void Read(PostgresWorker<SqlSession> worker, IReadOnlyList<Work<SqlSession>> batch) => Attempt(batch, worker.Read);

    private void WriteAlone<TSession>(PostgresWorker<TSession> worker, IReadOnlyList<Work<TSession>> batch)
        where TSession : SqlSession => Attempt(batch, worker.Write);

    /// <summary>Runs each work by itself.</summary>
    private void Attempt<TSession>(IReadOnlyList<Work<TSession>> batch, Action<Action<TSession>> run)
    {
        foreach (var work in batch)
        {
            try
            {
                run(work.Run);
            }
            catch (Exception e) when (PostgresErrors.IsLocked(e))
            {
                work.Postpone(e, _patience);
            }
            catch (Exception e)
            {
                work.Fail(e);
            }
        }
    }

    private void SaveTogether(PostgresWorker<PostgresSaveSession> worker, IReadOnlyList<Work<PostgresSaveSession>> batch)
    {
        var (saves, began) = (batch.Cast<QueuedKeySave>().ToList(), Stopwatch.GetTimestamp());
        if (_contention.IsRecent)
        {
            PostponeLocked(worker, saves);
        }

        SaveTogether(worker, saves, began);
    }

    /// <summary>Saves the keys that meet no lock, and postpones the others.</summary>
    private void SaveTogether(PostgresWorker<PostgresSaveSession> worker, List<QueuedKeySave> saves, long began)
    {
        var rest = saves;
        try
        {
            if (rest.Count > 0)
            {
                worker.WriteAtOnce(session => rest = session.Batches.SaveKnown(rest));
            }

            if (rest.Count > 0)
            {
                worker.Write(session => session.Batches.SaveAll(rest));
            }
        }
        catch (StoreException e) when (PostgresErrors.IsLocked(e) && (rest.Count == 1 || Stopwatch.GetElapsedTime(began) > RoundAtMost))
        {
            rest.ForEach(save => save.Postpone(e, _patience));
        }
        catch (StoreException e) when (PostgresErrors.IsLocked(e))
        {
            if (PostponeLocked(worker, rest) > 0)
            {
                SaveTogether(worker, rest, began);
            }
            else
            {
                // The query cannot find the lock, such as the one on a key that another transaction adds.
                SaveTogether(worker, rest[..(rest.Count / 2)], began);
                SaveTogether(worker, rest[(rest.Count / 2)..], began);
            }
        }
        catch (StoreException e)
        {
            // The database failed, so all saves fail.
            rest.ForEach(save => save.Fail(e));
        }
        catch (Exception)
        {
            // A single save failed, and must fail alone.
            WriteAlone(worker, rest);
        }
    }

    /// <summary>Postpones the saves that would wait for a lock, and removes them from the list.</summary>
    /// <returns>The number of postponed saves.</returns>
    private int PostponeLocked(PostgresWorker<PostgresSaveSession> worker, List<QueuedKeySave> saves)
    {
        List<QueuedKeySave> locked = [];
        try
        {
            worker.Write(session => locked = session.Batches.FindLocked(saves));
        }
        catch (StoreException)
        {
            // The database or a whole table is locked or away. The save meets the same failure and reports it.
            return 0;
        }

        var why = new StoreException(
            StoreError.Contended,
            $"Another transaction in the database holds a lock on data that this call changes; nothing was changed.");
        foreach (var save in locked)
        {
            _contention.Note();
            save.Postpone(why, _patience);
            saves.Remove(save);
        }

        return locked.Count;
    }
}
