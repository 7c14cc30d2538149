using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The store in a SQLite file: one writer that commits in groups, and a pool of readers. A file for each role.</summary>
public sealed partial class SqliteStore : IForeignSystemStore
{
    private readonly SqliteReaders _readers;
    private readonly GroupCommitWriter _writer;
    private readonly TimeProvider _time;
    private readonly bool _acceptUnknownTables;

    private SqliteStore(SqliteDatabase database, StoreOptions options, TimeProvider time)
    {
        _time = time;
        _acceptUnknownTables = options.AcceptUnknownTables;
        var (tables, people) = (new TableNames(), new People());
        _readers = new SqliteReaders(() => new SqliteSession(database.ConnectReader(), tables, people), options.Readers);
        _writer = new GroupCommitWriter(
            new SqliteWriteSession(database.ConnectWriter(), time), options.WriteQueueCapacity, options.MaxBatch);
    }

    /// <summary>Opens the file that the connection string names, creates it when it is not there, and brings it to the newest schema.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators; the file is left untouched.</exception>
    public static SqliteStore Open(StoreOptions options, TimeProvider time) =>
        new(SqliteDatabase.Open(options.ConnectionString), options, time);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _readers.ReadAsync(session => session.Prepared(SqliteSql.Check).Number(), cancellationToken).ConfigureAwait(false);
        await _writer.WriteAsync(session => session.Prepared(SqliteSql.Check).Number(), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The two stamps that stand in four columns from here.</summary>
    private static (Stamp Created, Stamp Updated) ReadStamps(Statement.Rows row, int column) => (
        new Stamp(Instants.FromMicroseconds(row.GetInt64(column)), row.GetString(column + 1)),
        new Stamp(Instants.FromMicroseconds(row.GetInt64(column + 2)), row.GetString(column + 3)));
}
