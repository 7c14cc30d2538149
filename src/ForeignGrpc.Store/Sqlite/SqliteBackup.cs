using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Backs up and restores the database file. A file gets its name once it is complete, checked and on disk. A failure leaves no file.
/// </summary>
public static class SqliteBackup
{
    /// <summary>The suffix that a restore adds to the name of the old database.</summary>
    public const string SetAside = ".before-restore";

    /// <summary>The suffixes of the files that SQLite keeps beside a database.</summary>
    private static readonly string[] Parts = ["-wal", "-shm", "-journal"];

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes a snapshot of the database into a new file. The server of the database may run.</summary>
    /// <param name="connectionString">The connection string of the database.</param>
    /// <param name="file">The path of the new file.</param>
    /// <param name="report">Receives the progress, in bytes.</param>
    /// <returns>The number of keys in the backup.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: the file exists already, or a file cannot be
    /// read or written.</exception>
    public static long Write(string connectionString, string file, Action<CopyProgress> report)
    {
        var (source, target) = (SqliteFile.PathOf(connectionString), Path.GetFullPath(file));
        Require(SqliteFile.IsThere(source), $"There is no database file '{source}' to back up.");
        Require(!File.Exists(target), $"The file '{target}' already exists; a backup does not replace a file.");
        foreach (var part in Parts)
        {
            Require(
                !File.Exists(target + part),
                $"The file '{target + part}' already exists; SQLite would use it with the backup. Move it away first.");
        }

        return WithFileErrors(target, () =>
        {
            PartialFile.RemoveLeftovers(FolderOf(source));
            using var partial = WriteWhole(source, target, OpenBesideServer, report);
            var keys = CheckAndReport(partial.Path, report);
            partial.Finish();
            return keys;
        });
    }

    /// <summary>
    /// Replaces the database by a backup, and checks the result. The server of the database must not run. The old database is kept under
    /// its name and <see cref="SetAside"/>. At every moment the old or the new database is there, complete.
    /// </summary>
    /// <param name="connectionString">The connection string of the database.</param>
    /// <param name="file">The path of the backup, which is not changed.</param>
    /// <param name="report">Receives the progress, in bytes.</param>
    /// <returns>
    /// The number of keys, and the new paths of the leftovers: files, such as a log, of a database that was no longer there.
    /// </returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: the backup is damaged or is not one of this
    /// program, or the database is in use.</exception>
    public static (long Keys, IReadOnlyList<string> Leftovers) Restore(string connectionString, string file, Action<CopyProgress> report)
    {
        var (target, source) = (SqliteFile.PathOf(connectionString), Path.GetFullPath(file));
        Require(File.Exists(source), $"There is no file '{source}' to restore.");
        Require(
            NativeFiles.Find(source) is not { } one || !one.IsSameFile(NativeFiles.Find(target)), $"'{source}' is the database itself.");
        Require(
            !File.Exists(target + SetAside),
            $"The file '{target + SetAside}' already exists, from an earlier restore; move it away first.");
        return RemoveIndexAfter(source, () => WithFileErrors(target, () =>
        {
            var keys = SqliteDatabase.Check(source);
            using var taken = SqliteLock.Take(target);
            PartialFile.RemoveLeftovers(FolderOf(target));
            if (SqliteFile.IsThere(target))
            {
                Close(target);
            }

            using var partial = WriteWhole(source, target, SqliteDatabase.OpenReadOnly, report);
            Require(SqliteDatabase.Check(partial.Path) == keys, $"'{source}' changed while it was read.");
            if (SqliteFile.IsThere(target))
            {
                // A copy, because a move would leave a moment without a database.
                using var old = PartialFile.Create(target + SetAside);
                old.CopyFrom(target);
                old.Finish();
            }

            var leftovers = Parts.Where(part => File.Exists(target + part)).ToArray();
            foreach (var part in leftovers)
            {
                File.Move(target + part, target + SetAside + part, overwrite: true);
            }

            partial.Finish();
            var restored = CheckAndReport(target, report);
            Require(restored == keys, $"The database file '{target}' has {restored:N0} keys, the backup {keys:N0}.");
            return (keys, (IReadOnlyList<string>)[.. leftovers.Select(part => target + SetAside + part)]);
        }));
    }

    /// <summary>Reads a database. If it has a log, SQLite creates an index of the log, which this removes.</summary>
    private static T RemoveIndexAfter<T>(string source, Func<T> read)
    {
        var index = source + "-shm";
        var isThere = File.Exists(index);
        try
        {
            return read();
        }
        finally
        {
            if (!isThere)
            {
                File.Delete(index);
            }
        }
    }

    private static T WithFileErrors<T>(string file, Func<T> write)
    {
        Require(Directory.Exists(FolderOf(file)), $"There is no folder '{FolderOf(file)}' for the file '{Path.GetFileName(file)}'.");
        try
        {
            PartialFile.RemoveLeftovers(FolderOf(file));
            return write();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.CannotOpen(file, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.CannotOpen, $"The file '{file}' cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Writes a snapshot of a database, including its log, into one file.</summary>
    private static PartialFile WriteWhole(string source, string target, Func<string, SqliteConnection> open, Action<CopyProgress> report)
    {
        var partial = PartialFile.Create(target);
        try
        {
            using var connection = open(source);
            using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO @file";
            command.CommandTimeout = 0;
            command.Parameters.AddWithValue("@file", partial.Path);
            ReportLength(partial.Path, source, report, () => command.ExecuteNonQuery());
            return partial;
        }
        catch
        {
            partial.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a connection that holds up no writer. Unlike a read-only one, it removes the log when it closes as the last connection.
    /// </summary>
    private static SqliteConnection OpenBesideServer(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static long CheckAndReport(string path, Action<CopyProgress> report)
    {
        report(new CopyProgress("checking", 0, 1));
        var keys = SqliteDatabase.Check(path);
        report(new CopyProgress("checking", 1, 1));
        return keys;
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file)!;

    /// <summary>Reports the length of a file while it is being written.</summary>
    private static void ReportLength(string written, string source, Action<CopyProgress> report, Action write)
    {
        var of = new FileInfo(source).Length;
        void Report() => report(new CopyProgress("copying", Math.Min(of, File.Exists(written) ? new FileInfo(written).Length : 0), of));
        using (new Timer(_ => Report(), null, ReportEvery, ReportEvery))
        {
            write();
        }

        report(new CopyProgress("copying", of, of));
    }

    /// <summary>Moves the log of a database into the database file. SQLite does so only if no other program uses the database.</summary>
    private static void Close(string path)
    {
        try
        {
            SqliteDatabase.CheckOwner(path);
            using var connection = OpenBesideServer(path);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = DELETE";
            command.CommandTimeout = 1;
            command.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new StoreException(
                StoreError.CannotOpen, $"The database file '{path}' is in use by another program; wait until that program has ended.", e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            // A damaged database may be the reason for the restore. It is kept with its log.
        }
    }

    private static void Require(bool holds, FormattableString otherwise)
    {
        if (!holds)
        {
            throw new StoreException(StoreError.CannotOpen, otherwise);
        }
    }
}
