using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Which file a connection string names, and how that file is created.</summary>
internal static class SqliteFile
{
    /// <summary>Whether there is a database file, as an empty one is none to SQLite.</summary>
    public static bool IsThere(string path) => File.Exists(path) && new FileInfo(path).Length > 0;

    /// <summary>The whole path of the file that a connection string names, behind symbolic links.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: it names none.</exception>
    public static string PathOf(string connectionString) => Parse(connectionString).DataSource;

    /// <summary>Reads a connection string, which must name a file.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: it names none.</exception>
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

    /// <summary>As SQLite resolves it: its log lies beside the file that a link leads to.</summary>
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

    /// <summary>SQLite finds the log of a database by the file's name: under another name it would miss what is in the log.</summary>
    public static void RequireOneName(string path)
    {
        if (NativeFiles.Find(path) is { Links: > 1 and var names })
        {
            throw SqliteErrors.CannotOpen(
                path, $"has {names} names (hard links), and SQLite would keep a separate log for each; remove the other names");
        }
    }

    /// <summary>Creates the file, which must be before SQLite does: only then it is its owner's alone.</summary>
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
            // An empty file, or another program was quicker.
        }
    }
}
