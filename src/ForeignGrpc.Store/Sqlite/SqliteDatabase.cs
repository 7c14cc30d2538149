using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>
/// The database file. It is opened only if it is a database of this program, and not of a newer version. Then it is brought to the newest
/// schema.
/// </summary>
internal sealed class SqliteDatabase
{
    /// <summary>The application id in the header of the file: "FGPC".</summary>
    public const int ApplicationId = 0x46475043;

    /// <summary>How many seconds a statement waits for the lock of another program.</summary>
    private const int BusySeconds = 5;

    /// <summary>The size in bytes to which SQLite cuts the log when no read needs more.</summary>
    private const int LogBytes = 16 * 1024 * 1024;

    /// <summary>The number of keys, without deleted ones whose rows are still there.</summary>
    private const string CountKeys =
        """
        SELECT count(*) FROM foreign_key WHERE device_id NOT IN (
          SELECT d.id FROM foreign_app a JOIN foreign_device d ON d.app_id = a.id WHERE a.name IS NULL)
        """;

    private static readonly string[] Scripts = Migrations.Read("sqlite");

    private readonly string _connectionString;
    private readonly string _path;

    private SqliteDatabase(string connectionString)
    {
        var settings = SqliteFile.Parse(connectionString);
        _path = settings.DataSource;
        settings.Pooling = false;
        settings.ForeignKeys = true;
        settings.DefaultTimeout = BusySeconds;
        _connectionString = settings.ConnectionString;
    }

    /// <summary>The newest schema version that this program knows.</summary>
    public static int SchemaVersion => Scripts.Length;

    /// <summary>Checks the file and opens it.</summary>
    /// <param name="connectionString">The connection string, which names the file.</param>
    /// <param name="prepares">Whether to create a missing file and to bring an old one to the newest schema. False refuses both.</param>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the file was refused and not changed.</exception>
    public static SqliteDatabase Open(string connectionString, bool prepares = true)
    {
        var database = new SqliteDatabase(connectionString);
        try
        {
            if (SqliteFile.IsThere(database._path))
            {
                SqliteFile.RequireOneName(database._path);
                database.CheckOwner();
            }
            else if (prepares)
            {
                SqliteFile.Create(database._path);
            }
            else
            {
                throw new StoreException(
                    StoreError.CannotOpen,
                    $"There is no database file '{database._path}'. A server creates it at its start, and so does `users add --create`.");
            }

            if (prepares)
            {
                database.Migrate();
            }
            else
            {
                database.RequireNewest();
            }

            return database;
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.CannotOpen(database._path, SqliteErrors.Explain(e), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotOpen(database._path, SqliteErrors.Explain(raw.SQLITE_CANTOPEN), e);
        }
    }

    /// <summary>Reads a whole database file and checks its integrity.</summary>
    /// <returns>The number of keys.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the database is damaged, or is not one of this program, or is
    /// one of a newer version.</exception>
    public static long Check(string path)
    {
        try
        {
            new SqliteDatabase($"Data Source={path}").CheckOwner();
            using var connection = OpenReadOnly(path);
            if (Number(connection, "PRAGMA application_id") != ApplicationId)
            {
                throw SqliteErrors.CannotOpen(path, "is not a database of this program");
            }

            var damaged = Number(connection, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'");
            var orphans = Number(connection, "SELECT count(*) FROM pragma_foreign_key_check");
            return damaged + orphans == 0
                ? Number(connection, CountKeys)
                : throw SqliteErrors.CannotOpen(path, $"is damaged: {damaged} errors, {orphans} rows without a parent");
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.CannotOpen(path, SqliteErrors.Explain(e), e);
        }
    }

    /// <summary>Refuses the database of another program.</summary>
    public static void CheckOwner(string path)
    {
        using var connection = OpenReadOnly(path);
        RequireOurs(path, connection);
    }

    /// <summary>
    /// Opens a connection that only reads. Beside a database without a log, which nobody uses, it creates no files.
    /// </summary>
    public static SqliteConnection OpenReadOnly(string path)
    {
        var source = File.Exists(path + "-wal") || File.Exists(path + "-journal")
            ? path
            : $"{new Uri(Path.GetFullPath(path)).AbsoluteUri}?immutable=1";
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Opens a connection for reads.</summary>
    public SqliteFileConnection ConnectReader()
    {
        var connection = Connect("PRAGMA query_only = ON;");
        SqliteTextFunctions.AddTo(connection);
        return new SqliteFileConnection(connection).WithWatch();
    }

    /// <summary>Opens a connection for writes. A commit is durable when it returns.</summary>
    /// <remarks>The index of hashes changes pages at random. A cache of 64 MiB keeps SQLite from reading them again. Checkpoints of 4,000
    /// pages, as many as a segment of the log's index holds, write them back less often. After a long read SQLite cuts the log.</remarks>
    public SqliteFileConnection ConnectWriter() =>
        new(Connect("PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; "
            + $"PRAGMA journal_size_limit = {LogBytes};"));

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Refuses the database of another program or of a newer version. The connection only reads, so the file stays as it
    /// is.</summary>
    private void CheckOwner()
    {
        using var connection = OpenReadOnly(_path);
        RequireOurs(_path, connection);
        if (Number(connection, "PRAGMA user_version") is var version && version > SchemaVersion)
        {
            throw SqliteErrors.CannotOpen(
                _path, $"has schema version {version} of a newer program; this one knows versions up to {SchemaVersion}");
        }
    }

    private static void RequireOurs(string path, SqliteConnection connection)
    {
        // The tables are counted first: a server that starts at the same time creates them and sets the id in one transaction.
        if (Number(connection, "SELECT count(*) FROM sqlite_schema") > 0 && Number(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw SqliteErrors.CannotOpen(path, "is another program's SQLite database");
        }
    }

    private void RequireNewest()
    {
        using var connection = Connect("PRAGMA query_only = ON;");
        if (Number(connection, "PRAGMA user_version") is var version && version < SchemaVersion)
        {
            throw SqliteErrors.CannotOpen(
                _path,
                $"has schema version {version}, of an older program; start this program's server once to upgrade it to {SchemaVersion}");
        }
    }

    /// <summary>Runs each script in a transaction that takes the write lock first. Programs that start at once take turns.</summary>
    private void Migrate()
    {
        using var connection = Connect("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        while (Number(connection, "PRAGMA user_version") < SchemaVersion)
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            var version = Number(connection, "PRAGMA user_version");
            if (version < SchemaVersion)
            {
                Execute(connection, Scripts[version]);
                Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1};");
            }

            transaction.Commit();
        }
    }

    private SqliteConnection Connect(string pragmas)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {BusySeconds * 1000};");
            Execute(connection, pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
