using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Finds and creates the file of a connection string.</summary>
internal static class SqliteFile
{
    /// <summary>Whether there is a database file. For SQLite an empty file is no database.</summary>
    public static bool IsThere(string path) => File.Exists(path) && new FileInfo(path).Length > 0;

    /// <summary>Finds the full path of the file of a connection string, behind symbolic links.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the connection string names no file.</exception>
    public static string PathOf(string connectionString) => Parse(connectionString).DataSource;

    /// <summary>Parses a connection string, which must name a file.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the connection string names no file.</exception>
    public static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        SqliteConnectionStringBuilder settings;
        try
        {
            settings = new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException e)
        {
            throw new StoreException(StoreError.CannotOpen, $"The connection string is not valid for SQLite: {e.Message}", e);
        }

        if (settings.DataSource.Length == 0 || settings.DataSource == ":memory:" || settings.Mode == SqliteOpenMode.Memory
            || settings.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new StoreException(StoreError.CannotOpen, $"The connection string must name a file, such as `Data Source=foreign.db`.");
        }

        settings.DataSource = RealPath(settings.DataSource);
        return settings;
    }

    /// <summary>Resolves symbolic links as SQLite does, which keeps the log beside the target of a link.</summary>
    private static string RealPath(string path)
    {
        try
        {
            return new FileInfo(path) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
                : Path.GetFullPath(path);
        }
        catch (IOException e)
        {
            throw SqliteErrors.CannotOpen(path, "cannot be found: a symbolic link on its path is broken", e);
        }
    }

    /// <summary>Refuses a file with several names. SQLite finds the log by the name of the file, so it would miss a log of another
    /// name.</summary>
    public static void RequireOneName(string path)
    {
        if (NativeFiles.Find(path) is { Links: > 1 and var names })
        {
            throw SqliteErrors.CannotOpen(
                path, $"has {names} names (hard links), and SQLite would keep a separate log for each; remove the other names");
        }
    }

    /// <summary>Creates the file with owner-only permissions. SQLite would create it with wider ones.</summary>
    public static void Create(string path)
    {
        if (File.Exists(path + "-wal") && new FileInfo(path + "-wal").Length > 0)
        {
            throw new StoreException(
                StoreError.CannotOpen,
                $"The database file '{path}' is missing, but its log '{path}-wal' may hold saves. Put it back, or move the log away.");
        }

        try
        {
            OwnerOnly.Open(path, FileMode.CreateNew, FileShare.ReadWrite).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // There is an empty file, or another program has just created the file.
        }
    }
}
