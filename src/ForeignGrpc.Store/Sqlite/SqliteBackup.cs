using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Copies of the database file, made while its server goes on, and put back. A file appears under its name when it is whole, checked and on
/// disk; what fails before leaves nothing behind.
/// </summary>
public static class SqliteBackup
{
    /// <summary>What the file that a restored one takes the place of gets behind its name.</summary>
    public const string SetAside = ".before-restore";

    /// <summary>What SQLite keeps beside a database file.</summary>
    private static readonly string[] Parts = ["-wal", "-shm", "-journal"];

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes the database as it is at one moment into a new file.</summary>
    /// <param name="connectionString">The database's.</param>
    /// <param name="file">The new file.</param>
    /// <param name="report">Told how far it is, in bytes.</param>
    /// <returns>How many keys are in it.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: there is such a file already, or one cannot be
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

        return Written(target, () =>
        {
            PartialFile.RemoveLeftovers(FolderOf(source));
            using var partial = WriteWhole(source, target, OpenBesideServer, report);
            var keys = Checked(partial.Path, report);
            partial.Finish();
            return keys;
        });
    }

    /// <summary>
    /// Puts a backup in the place of the database, whose server must not run, and reads it back there. What was there is kept, with
    /// <see cref="SetAside"/> behind its name. At every moment there is the old database or the new one, whole.
    /// </summary>
    /// <param name="connectionString">The database's.</param>
    /// <param name="file">The backup, which stays as it is.</param>
    /// <param name="report">Told how far it is, in bytes.</param>
    /// <returns>
    /// How many keys are in it, and the files that lay there of a database that did not, under the names that they have now.
    /// </returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: the backup is not whole or not one of ours, or
    /// the database is in use.</exception>
    public static (long Keys, IReadOnlyList<string> Leftovers) Restore(string connectionString, string file, Action<CopyProgress> report)
    {
        var (target, source) = (SqliteFile.PathOf(connectionString), Path.GetFullPath(file));
        Require(File.Exists(source), $"There is no file '{source}' to restore.");
        Require(
            NativeFiles.Find(source) is not { } one || !one.IsSameFile(NativeFiles.Find(target)), $"'{source}' is the database itself.");
        Require(
            !File.Exists(target + SetAside), $"The file '{target + SetAside}' already exists, from an earlier restore; move it away first.");
        return Unchanged(source, () => Written(target, () =>
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
                // Copied, so that at no moment there is none.
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
            var restored = Checked(target, report);
            Require(restored == keys, $"The database file '{target}' has {restored:N0} keys, the backup {keys:N0}.");
            return (keys, (IReadOnlyList<string>)[.. leftovers.Select(part => target + SetAside + part)]);
        }));
    }

    /// <summary>Reads a database that has a log, for which SQLite makes an index of the log; removes that.</summary>
    private static T Unchanged<T>(string source, Func<T> read)
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

    private static T Written<T>(string file, Func<T> write)
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

    /// <summary>Writes all of a database as it is at one moment, its log included, into one file.</summary>
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
            Watched(partial.Path, source, report, () => command.ExecuteNonQuery());
            return partial;
        }
        catch
        {
            partial.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A connection that holds up no writer, and, unlike one that may only read, leaves no log behind when it was the only one.
    /// </summary>
    private static SqliteConnection OpenBesideServer(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static long Checked(string path, Action<CopyProgress> report)
    {
        report(new CopyProgress("checking", 0, 1));
        var keys = SqliteDatabase.Check(path);
        report(new CopyProgress("checking", 1, 1));
        return keys;
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(file)!;

    /// <summary>Reports how much of the file is there while it is being written.</summary>
    private static void Watched(string written, string source, Action<CopyProgress> report, Action write)
    {
        var of = new FileInfo(source).Length;
        void Report() => report(new CopyProgress("copying", Math.Min(of, File.Exists(written) ? new FileInfo(written).Length : 0), of));
        using (new Timer(_ => Report(), null, ReportEvery, ReportEvery))
        {
            write();
        }

        report(new CopyProgress("copying", of, of));
    }

    /// <summary>Brings all of a database into its one file, which SQLite does only for who has it alone.</summary>
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
            // That may be why a backup is put in its place. It is kept with what belongs to it.
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
