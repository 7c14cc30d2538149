using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Notices that the database file or its log was moved, replaced, removed or cut while it is open. Later saves would go to a file that
/// nobody finds, so the store then refuses all reads and writes until the server starts again. Thread-safe.
/// </summary>
/// <param name="path">The path of the database file. The log may be missing only if no server has opened the file since a restore.</param>
/// <param name="time">The clock that spaces the looks of reads.</param>
/// <param name="warn">Receives one warning for operators, on a thread of the pool.</param>
internal sealed class FileWatch(string path, TimeProvider time, Action<string> warn)
{
    private static readonly TimeSpan ReadsLookEvery = TimeSpan.FromSeconds(1);

    private readonly FileIdentity? _database = NativeFiles.Find(path);
    private readonly FileIdentity? _log = NativeFiles.Find(path + "-wal");

    private long _largest;
    private long _looked = time.GetTimestamp();
    private int _isLost;

    /// <summary>The warning under way; completed when there is none.</summary>
    public Task Warning { get; private set; } = Task.CompletedTask;

    /// <summary>Looks at the files.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the store has other files open.</exception>
    public void Require()
    {
        Volatile.Write(ref _looked, time.GetTimestamp());
        if (_database is null || (Volatile.Read(ref _isLost) == 0 && IsInPlace()))
        {
            return;
        }

        if (Interlocked.Exchange(ref _isLost, 1) == 0)
        {
            // Not on this thread: the writer, which calls this before each commit, must not wait for a log.
            Warning = Task.Run(() => warn(
                $"The database file '{path}' or its log was moved, replaced or removed while it was open. "
                + "The server rejects all reads and writes. Put the file back and start the server again."));
        }

        throw new StoreException(
            StoreError.Unavailable, $"The database file was replaced while the server was using it; nothing was changed.");
    }

    /// <summary>Looks at the files, at most once a second.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the store has other files open.</exception>
    public void RequireLately()
    {
        if (Volatile.Read(ref _isLost) != 0 || time.GetElapsedTime(Volatile.Read(ref _looked)) >= ReadsLookEvery)
        {
            Require();
        }
    }

    /// <summary>A database file never shrinks. A file that another was copied over usually does.</summary>
    private bool IsInPlace()
    {
        if (NativeFiles.Find(path) is not { } database
            || !database.IsSameFile(_database)
            || _log?.IsSameFile(NativeFiles.Find(path + "-wal")) == false)
        {
            return false;
        }

        var largest = Volatile.Read(ref _largest);
        Volatile.Write(ref _largest, Math.Max(largest, database.Length));
        return database.Length >= largest;
    }
}
