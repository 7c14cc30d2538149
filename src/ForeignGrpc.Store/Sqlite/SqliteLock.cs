using System.Globalization;
using ForeignGrpc.Store.Model;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Reserves a database file for one server or restore, by a lock of the operating system on `FILE.lock`. The lock ends with the process.
/// The lock file stays: if it were deleted, two programs could lock two files of that name.
/// </summary>
internal sealed class SqliteLock : IDisposable
{
    private readonly FileStream _file;

    private SqliteLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of the database at a path.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: another program has the lock, or the lock file cannot be
    /// written.</exception>
    public static SqliteLock Take(string database)
    {
        var path = database + ".lock";
        try
        {
            return new SqliteLock(OwnerOnly.Open(path, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException e) when (OwnerOnly.IsHeldByAnother(e))
        {
            throw new StoreException(
                StoreError.CannotOpen, $"The database file '{database}' is in use; stop its server first{Holder(path)}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotOpen(database, SqliteErrors.Explain(raw.SQLITE_CANTOPEN), e);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Finds the process that has the lock. Linux lists locks as `1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF`.</summary>
    private static string Holder(string path)
    {
        const string Locks = "/proc/locks";
        if (NativeFiles.Find(path) is not { } file || !File.Exists(Locks))
        {
            return "";
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{file.DeviceMajor:x2}:{file.DeviceMinor:x2}:{file.Inode}");
        var holder = File.ReadLines(Locks)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(parts => parts.Length > 5 && parts[1] == "FLOCK" && parts[5] == name);
        return holder is [_, _, _, _, var process, ..] && process != "0" ? $" (process {process})" : "";
    }
}
