using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The store in a SQLite file. One writer commits in groups, readers run look-ups, and scanners run long reads.</summary>
public sealed class SqliteStore : SqlStore
{
    private readonly SqliteReaders _readers;
    private readonly SqliteScanners _scanners;
    private readonly GroupCommitWriter _writer;
    private readonly SqliteLock? _lock;
    private readonly FileWatch _watch;

    private SqliteStore(SqliteDatabase database, SqliteLock? taken, StoreOptions options, TimeProvider time)
        : base(options, time)
    {
        _lock = taken;
        var (tables, persons) = (new TableNames(), new PersonNames());
        SqlSession Connect() => new(database.ConnectReader(), tables, persons, time);
        _readers = new SqliteReaders(Connect, options.Readers);
        _scanners = new SqliteScanners(Connect, ScansAtOnce(options));
        var writer = new SqliteWriteSession(database.ConnectWriter(), time);

        // The first read creates the log, which stays until the last connection is closed.
        writer.Prepared(Statements.Check).Number();
        _watch = new FileWatch(SqliteFile.PathOf(options.ConnectionString), time, options.Warn);
        _writer = new GroupCommitWriter(writer, _watch, options.WriteQueueCapacity, options.MaxBatch);
        StartRemoving();
    }

    /// <summary>Opens the file of the connection string.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators. The file was not
    /// changed.</exception>
    public static SqliteStore Open(StoreOptions options, TimeProvider time)
    {
        var path = SqliteFile.PathOf(options.ConnectionString);
        var taken = options.IsAlone ? SqliteLock.Take(path) : null;
        try
        {
            if (taken is not null)
            {
                PartialFile.RemoveLeftovers(Path.GetDirectoryName(path)!);
            }

            var database = SqliteDatabase.Open(options.ConnectionString, options.Prepares);
            if (OwnerOnly.IsOpenToOthers(path))
            {
                options.Warn(
                    $"The permissions of the database file '{path}' let other users read or write it; run `chmod 600` on it.");
            }

            return new SqliteStore(database, taken, options, time);
        }
        catch
        {
            taken?.Dispose();
            throw;
        }
    }

    /// <summary>Finds the full path of the file of a connection string, for operators.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>: the connection string names no file.</exception>
    public static string Describe(string connectionString) => SqliteFile.PathOf(connectionString);

    public override async ValueTask DisposeAsync()
    {
        await StopRemovingAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        await _scanners.DisposeAsync().ConfigureAwait(false);
        await _watch.Warning.ConfigureAwait(false);
        _lock?.Dispose();
    }

    private protected override ValueTask<T> LookUpAsync<T>(
        Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken)
    {
        _watch.RequireLately();
        return _readers.ReadAsync(query, limit, cancellationToken);
    }

    private protected override Task<T> ScanAsync<T>(Func<SqlSession, T> query, TimeSpan limit, CancellationToken cancellationToken)
    {
        _watch.RequireLately();
        return _scanners.ReadAsync(query, limit, cancellationToken);
    }

    private protected override Task<T> WriteAsync<T>(
        Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint) =>
        _writer.WriteAsync(work, cancellationToken, setsOwnSavepoint);
}
