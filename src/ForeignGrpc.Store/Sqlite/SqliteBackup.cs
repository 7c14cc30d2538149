using ForeignGrpc.Store.Copying;
using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// Copies of the database file, made while its server goes on, and put back. A file appears under its name when it is whole, checked and on disk;
/// what fails before leaves nothing behind.
/// </summary>
public static class SqliteBackup
{
    /// <summary>What the file that a restored one takes the place of gets behind its name.</summary>
    public const string SetAside = ".before-restore";

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes the database as it is at one moment into a new file.</summary>
    /// <param name="connectionString">The database's.</param>
    /// <param name="file">The new file.</param>
    /// <param name="report">Told how far it is, in bytes.</param>
    /// <returns>How many keys are in it.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: there is such a file already, or one cannot be read or written.</exception>
    public static long Write(string connectionString, string file, Action<CopyProgress> report)
    {
        var source = SqliteDatabase.PathOf(connectionString);
        Require(File.Exists(source), $"There is no database file '{source}' to back up.");
        Require(!File.Exists(file), $"There is a file '{file}' already; a backup takes the place of none.");
        return IntoPlace(file, report, partial =>
        {
            // Reads as of one moment, and holds up no writer.
            using var connection = SqliteDatabase.OpenReadOnly(source);
            using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO @file";
            command.CommandTimeout = 0;
            command.Parameters.AddWithValue("@file", partial);
            Watched(partial, source, report, () => command.ExecuteNonQuery());
        });
    }

    /// <summary>Puts a backup in the place of the database, whose server must not run. What was there is kept, with <see cref="SetAside"/> behind its name.</summary>
    /// <param name="connectionString">The database's.</param>
    /// <param name="file">The backup, which stays as it is.</param>
    /// <param name="report">Told how far it is, in bytes.</param>
    /// <returns>How many keys are in it.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, for operators: the backup is not whole or not one of ours, or the database is in use.</exception>
    public static long Restore(string connectionString, string file, Action<CopyProgress> report)
    {
        var target = SqliteDatabase.PathOf(connectionString);
        Require(File.Exists(file), $"There is no file '{file}' to restore.");
        Require(!File.Exists(target + SetAside), $"There is a file '{target + SetAside}' already, from a restore before; move it away first.");
        SqliteDatabase.Check(file);
        if (File.Exists(target))
        {
            Close(target);
        }

        return IntoPlace(target, report, partial => Watched(partial, file, report, () => File.Copy(file, partial)));
    }

    /// <summary>Has a file written under another name, checked and flushed; only then gives it its own.</summary>
    private static long IntoPlace(string file, Action<CopyProgress> report, Action<string> write)
    {
        var partial = file + ".partial";
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        Require(Directory.Exists(folder), $"There is no folder '{folder}' to put '{Path.GetFileName(file)}' into.");
        try
        {
            File.Delete(partial);
            write(partial);
            report(new CopyProgress("checking", 0, 1));
            var keys = SqliteDatabase.Check(partial);
            Flush(partial);
            if (File.Exists(file))
            {
                // Copied, so that at no moment there is none: a server would begin a new one.
                File.Copy(file, file + SetAside);
                Flush(file + SetAside);
            }

            File.Move(partial, file, overwrite: true);
            report(new CopyProgress("checking", 1, 1));
            return keys;
        }
        catch (SqliteException e)
        {
            throw SqliteDatabase.CannotOpen(file, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreError.CannotOpen, $"The file '{file}' cannot be written: {e.Message}", e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

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
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = DELETE";
            command.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            throw new StoreException(StoreError.CannotOpen, $"The database file '{path}' is in use; stop its server first.", e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            // That may be why a backup is put in its place. What belongs to it must not be taken for the new one's.
            connection.Close();
            MoveAside(path, "-wal");
            MoveAside(path, "-shm");
        }
    }

    private static void MoveAside(string path, string part)
    {
        if (File.Exists(path + part))
        {
            File.Move(path + part, path + SetAside + part, overwrite: true);
        }
    }

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private static void Require(bool holds, FormattableString otherwise)
    {
        if (!holds)
        {
            throw new StoreException(StoreError.CannotOpen, otherwise);
        }
    }
}
