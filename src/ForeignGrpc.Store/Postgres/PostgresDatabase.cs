using System.Globalization;
using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// The database on its server. It is opened only if it is empty, or a database of this program and not of a newer version. Then it is
/// brought to the newest schema.
/// </summary>
internal sealed class PostgresDatabase : IDisposable
{
    private const string HasVersionTable =
        "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'foreigngrpc_schema'";

    private const string CreateVersionTable =
        "CREATE TABLE IF NOT EXISTS foreigngrpc_schema (id integer PRIMARY KEY, version integer NOT NULL, copying_from text)";

    private static readonly string[] Scripts = Migrations.Read("postgres");

    private readonly NpgsqlDataSource _source;
    private readonly int _lockSeconds;
    private readonly int _statementSeconds;

    private PostgresDatabase(NpgsqlDataSource source, int lockSeconds, int statementSeconds) =>
        (_source, _lockSeconds, _statementSeconds) = (source, lockSeconds, statementSeconds);

    /// <summary>The newest schema version that this program knows.</summary>
    public static int SchemaVersion => Scripts.Length;

    /// <summary>Connects and checks the database.</summary>
    /// <param name="connectionString">The connection string of Npgsql.</param>
    /// <param name="lockSeconds">How many seconds a statement waits for a lock, if the change sets no limit.</param>
    /// <param name="statementSeconds">How many seconds a statement may run.</param>
    /// <param name="prepares">Whether to create missing tables and to bring old ones to the newest schema. False refuses both.</param>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators.</exception>
    public static PostgresDatabase Open(string connectionString, int lockSeconds, int statementSeconds, bool prepares = true) =>
        Open(connectionString, lockSeconds, statementSeconds, prepares, takesCopy: false);

    /// <summary>Connects to the target of a copy, without limits of time.</summary>
    public static PostgresDatabase OpenForCopy(string connectionString) => Open(connectionString, 0, 0, prepares: true, takesCopy: true);

    private static PostgresDatabase Open(string connectionString, int lockSeconds, int statementSeconds, bool prepares, bool takesCopy)
    {
        var database = new PostgresDatabase(CreateSource(connectionString), lockSeconds, statementSeconds);
        try
        {
            using var session = new SqlWriteSession(database.Connect(0), TimeProvider.System);
            database.RequireWritable((PostgresConnection)session.Connection);
            if (prepares)
            {
                database.Migrate(session);
            }

            database.RequireNewest(session);
            return takesCopy || !IsBeingCopied(session)
                ? database
                : throw database.CannotOpen("has an unfinished copy; let `copy-to-postgres` finish first");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw database.CannotOpen(Explain(e), e);
        }
    }

    /// <summary>Opens a connection for reads. The server stops reads a second later than the store would, for a program that has
    /// died.</summary>
    /// <param name="readTime">How long a read may take.</param>
    public PostgresConnection ConnectReader(TimeSpan readTime) => Connect((int)Math.Ceiling(readTime.TotalSeconds) + 1);

    /// <summary>Opens a connection for changes. They are durable when a commit returns, whatever the default of the server.</summary>
    public PostgresConnection ConnectWriter() => Connect(_statementSeconds);

    public void Dispose() => _source.Dispose();

    /// <summary>Describes the database of a connection string for operators, without the password.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the connection string is not one for PostgreSQL.</exception>
    public static string Describe(string connectionString)
    {
        var settings = Parse(connectionString);
        return string.Create(
            CultureInfo.InvariantCulture, $"'{settings.Database ?? settings.Username}' on {settings.Host}:{settings.Port}");
    }

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        // Each session keeps its connection, so there is nothing to pool.
        var settings = Parse(connectionString);
        (settings.Pooling, settings.Enlist, settings.TcpKeepAlive) = (false, false, true);
        settings.ApplicationName ??= "ForeignGrpc";
        return NpgsqlDataSource.Create(settings);
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(settings.Host)
                ? throw new StoreException(
                    StoreError.CannotOpen,
                    $"The connection string must name a server, such as `Host=localhost;Database=foreign;Username=foreign;Password=…`.")
                : settings;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new StoreException(StoreError.CannotOpen, $"The connection string is not valid for PostgreSQL: {e.Message}", e);
        }
    }

    private static string Explain(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => "does not exist; create it first",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "rejects this user: check Username and Password",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            "does not let this user create tables: it needs CREATE on the schema",
        PostgresException server when server.MessageText.Contains("statement pooling", StringComparison.Ordinal) =>
            "is behind pgbouncer in statement mode, which allows no transactions; set its pool_mode to transaction or session",
        PostgresException server =>
            string.Create(CultureInfo.InvariantCulture, $"cannot be opened (PostgreSQL error {server.SqlState}: {server.MessageText})"),
        _ => $"cannot be reached: {e.InnerException?.Message ?? e.Message}",
    };

    private static bool IsBeingCopied(SqlSession session) =>
        session.Prepared("SELECT 1 FROM foreigngrpc_schema WHERE copying_from IS NOT NULL").Number() is not null;

    /// <summary>
    /// Opens a connection. A pooler gives its clients numbers of its own: then the server's number of the session differs from the one that
    /// the client got at the start.
    /// </summary>
    private PostgresConnection Connect(int statementSeconds)
    {
        var connection = _source.OpenConnection();
        try
        {
            using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
            var isPooled = (int)command.ExecuteScalar()! != connection.ProcessID;
            var made = new PostgresConnection(connection, statementSeconds, isPooled);
            if (!isPooled)
            {
                made.LimitLockWaits(_lockSeconds * 1_000);
            }

            return made;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a database that takes no changes. It asks in a transaction, so that a pooler that takes none fails now.</summary>
    private void RequireWritable(PostgresConnection connection)
    {
        connection.BeginChanges(_lockSeconds * 1_000);
        using var row = connection.Prepare("SELECT pg_is_in_recovery()::integer, current_setting('transaction_read_only')").Query();
        connection.Commit();
        if (row.Read() && (row.GetInt64(0) == 1 || row.GetString(1) == "on"))
        {
            throw CannotOpen(row.GetInt64(0) == 1
                ? "is a standby, which accepts no changes; connect to its primary"
                : "accepts no changes: default_transaction_read_only is on; turn it off for this database and user");
        }
    }

    /// <summary>Runs each script in a transaction that locks the version first, so that servers that start at once take turns.</summary>
    private void Migrate(SqlWriteSession session)
    {
        var connection = (PostgresConnection)session.Connection;
        using (var encoding = connection.Prepare("SHOW server_encoding").Query())
        {
            if (encoding.Read() && encoding.GetString(0) != "UTF8")
            {
                throw CannotOpen($"has the encoding {encoding.GetString(0)}; create it with ENCODING 'UTF8'");
            }
        }

        CreateVersionIfMissing(session);
        while (Version(session) is { } version && version < SchemaVersion)
        {
            connection.BeginChanges(0);
            if (session.Prepared(connection.Dialect.ForUpdate("SELECT s.version FROM foreigngrpc_schema s", "s")).Number() == version)
            {
                connection.Prepare(Scripts[version]).Execute();
                session.Prepared("UPDATE foreigngrpc_schema SET version = @version").Execute(("@version", version + 1));
            }

            connection.Commit();
        }
    }

    private void RequireNewest(SqlWriteSession session)
    {
        switch (HasVersion(session) ? Version(session) ?? 0 : 0)
        {
            case 0:
                throw CannotOpen("has no tables of this program; a server creates them at its start, and so does `users add --create`");
            case > 0 and var version when version > SchemaVersion:
                throw CannotOpen($"has schema version {version} of a newer program; this one knows versions up to {SchemaVersion}");
            case var old when old < SchemaVersion:
                throw CannotOpen(
                    $"has schema version {old}, of an older program; start this program's server once to upgrade it to {SchemaVersion}");
        }
    }

    private static bool HasVersion(SqlSession session) => session.Prepared(HasVersionTable).Number() is not null;

    private static long? Version(SqlSession session) => session.Prepared("SELECT version FROM foreigngrpc_schema").Number();

    /// <summary>Creates the table of the version. If servers do so at the same time, all but one get an error that the name is
    /// taken.</summary>
    private static void CreateVersionIfMissing(SqlSession session)
    {
        try
        {
            if (!HasVersion(session))
            {
                session.Prepared(CreateVersionTable).Execute();
            }
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateTable)
        {
            // Another server has just created the table.
        }

        if (Version(session) is null)
        {
            session.Prepared("INSERT INTO foreigngrpc_schema (id, version) VALUES (1, 0) ON CONFLICT DO NOTHING").Execute();
        }
    }

    private StoreException CannotOpen(string what, Exception? cause = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_source.ConnectionString);
        return new(StoreError.CannotOpen, $"The database '{settings.Database ?? settings.Username}' on {settings.Host} {what}.", cause);
    }
}
