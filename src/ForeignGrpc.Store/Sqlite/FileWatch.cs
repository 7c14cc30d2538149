using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Notices that the database's file or its log was moved, replaced, removed or cut while it is open. What is saved after that would be in
/// no file that anybody finds, so nothing is read or written any more until the server starts again.
/// </summary>
/// <param name="path">The database file. Its log is there already, but in one that no server has opened since it was restored.</param>
/// <param name="warn">Told once.</param>
internal sealed class FileWatch(string path, Action<string> warn)
{
    private const int ReadsLookEvery = 1_000;

    private readonly FileIdentity? _database = NativeFiles.Find(path);
    private readonly FileIdentity? _log = NativeFiles.Find(path + "-wal");

    private long _largest;
    private long _looked;
    private int _isLost;

    /// <summary>Looks at the files.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: they are not those that were opened.</exception>
    public void Require()
    {
        Volatile.Write(ref _looked, Environment.TickCount64);
        if (_database is null || (Volatile.Read(ref _isLost) == 0 && IsInPlace()))
        {
            return;
        }

        if (Interlocked.Exchange(ref _isLost, 1) == 0)
        {
            warn($"The database file '{path}' or its log was moved, replaced or removed while it was open. The server rejects all reads and writes. Put the file back and start the server again.");
        }

        throw new StoreException(
            StoreError.Unavailable, $"The database file was replaced while the server was using it; nothing was changed.");
    }

    /// <summary>Looks at the files at most once a second.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: they are not those that were opened.</exception>
    public void RequireLately()
    {
        if (Volatile.Read(ref _isLost) != 0 || Environment.TickCount64 - Volatile.Read(ref _looked) >= ReadsLookEvery)
        {
            Require();
        }
    }

    /// <summary>A database file grows only; one that another file was copied over has become shorter, as a rule.</summary>
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
