using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The database file: opened only when it is ours and not newer than this program, then brought to the newest schema.</summary>
internal sealed class SqliteDatabase
{
    /// <summary>Marks the file as ours in SQLite's header: "FGPC".</summary>
    public const int ApplicationId = 0x46475043;

    /// <summary>How long a statement waits for another program's lock.</summary>
    private const int BusySeconds = 5;

    /// <summary>The size of the log's file, once the reads that kept it have ended.</summary>
    private const int LogBytes = 16 * 1024 * 1024;

    /// <summary>Without those that are deleted and not yet removed.</summary>
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
    /// <param name="connectionString">Names the file.</param>
    /// <param name="prepares">Whether it is created when it is not there, and brought to the newest schema; else both are refused.</param>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the file is left untouched.</exception>
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

    /// <summary>Reads all of a database of ours and finds it whole.</summary>
    /// <returns>How many keys it has.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: it is not whole, not one of ours, or a newer
    /// program's.</exception>
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

    /// <summary>Refuses another program's database.</summary>
    public static void CheckOwner(string path)
    {
        using var connection = OpenReadOnly(path);
        RequireOurs(path, connection);
    }

    /// <summary>
    /// A connection that changes nothing, for as long as it is open, and makes no files beside a database that has no log: nobody uses such
    /// a one.
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

    /// <summary>A connection for reads.</summary>
    public SqliteFileConnection ConnectReader() => new SqliteFileConnection(Connect("PRAGMA query_only = ON;")).WithWatch();

    /// <summary>A connection for writes, durable when a commit returns. The index of hashes dirties pages at random, which a larger cache
    /// (64 MiB) keeps from being read again and a checkpoint of more pages writes back fewer times; 4,000 pages are what one segment of the
    /// log's own index holds. A log that grew beyond that, because a long read kept it, is cut when it begins anew.</summary>
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

    /// <summary>Read-only, so that a file that is refused stays as it is.</summary>
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
        // In this order: a server that starts at the same time makes the first table and sets the id in one transaction.
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

    /// <summary>Each step in a transaction of its own that takes the write lock first: programs that start at once take turns.</summary>
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
