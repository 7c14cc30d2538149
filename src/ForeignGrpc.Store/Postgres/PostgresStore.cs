using System.Diagnostics;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// The store in a PostgreSQL database, which any number of servers may share: connections for reads, for changes, and one on which the keys
/// that are saved at the same time are saved together.
/// </summary>
public sealed class PostgresStore : SqlStore
{
    private static readonly TimeSpan RoundAtMost = TimeSpan.FromMilliseconds(500);

    private readonly PostgresDatabase _database;
    private readonly Contention _contention = new();
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
        SqlSession Connect() => new(database.ConnectReader(options.ReadTime), tables, persons);
        _readers = new("store reader", options.Readers, int.MaxValue, 1, Connect, _contention, Read);
        _scanners = new("store scanner", ScansAtOnce(options), int.MaxValue, 1, Connect, _contention, Read);
        SqlWriteSession ConnectWriter() => new(database.ConnectWriter(), time);
        _writers = new("store writer", options.Writers, options.WriteQueueCapacity, 1, ConnectWriter, _contention, WriteAlone);
        PostgresSaveSession ConnectSaver() => new(database.ConnectWriter(), Registry, time);
        _saver = new("store saver", 1, options.WriteQueueCapacity, options.MaxBatch, ConnectSaver, _contention, SaveTogether);
        StartRemoving();
    }

    /// <summary>Connects to the database that the connection string names.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators.</exception>
    public static PostgresStore Open(StoreOptions options, TimeProvider time)
    {
        var database = PostgresDatabase.Open(
            options.ConnectionString, options.LockSeconds, options.StatementSeconds, options.Prepares);
        return new PostgresStore(database, options, time);
    }

    /// <summary>Names the database of a connection string for operators, without the password.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: it is not one for PostgreSQL.</exception>
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

    /// <summary>Does each by itself.</summary>
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

    /// <summary>Saves those that no lock holds up; the others are postponed.</summary>
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
                // No look shows the lock, such as that on a key which another transaction adds.
                SaveTogether(worker, rest[..(rest.Count / 2)], began);
                SaveTogether(worker, rest[(rest.Count / 2)..], began);
            }
        }
        catch (StoreException e)
        {
            // Of the database, not of one of them.
            rest.ForEach(save => save.Fail(e));
        }
        catch (Exception)
        {
            // One of them, and that one must fail alone.
            WriteAlone(worker, rest);
        }
    }

    /// <summary>Postpones those that a lock holds up, and takes them from the list.</summary>
    /// <returns>How many they are.</returns>
    private int PostponeLocked(PostgresWorker<PostgresSaveSession> worker, List<QueuedKeySave> saves)
    {
        List<QueuedKeySave> locked = [];
        try
        {
            worker.Write(session => locked = session.Batches.FindLocked(saves));
        }
        catch (StoreException)
        {
            // Of the database or a whole table: what saves the keys meets it too, and says so.
            return 0;
        }

        var why = new StoreException(
            StoreError.Unavailable,
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
