using ForeignGrpc.Store.Model;
using ForeignGrpc.Store.Sql;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>The store in a SQLite file: one writer that commits in groups, and a pool of readers.</summary>
public sealed class SqliteStore : SqlStore
{
    private readonly SqliteReaders _readers;
    private readonly GroupCommitWriter _writer;

    private SqliteStore(SqliteDatabase database, StoreOptions options, TimeProvider time)
        : base(options, time)
    {
        var (tables, people) = (new TableNames(), new People());
        _readers = new SqliteReaders(() => new SqlSession(database.ConnectReader(), tables, people), options.Readers);
        _writer = new GroupCommitWriter(
            new SqliteWriteSession(database.ConnectWriter(), time), options.WriteQueueCapacity, options.MaxBatch);
    }

    /// <summary>Opens the file that the connection string names, creates it when it is not there, and brings it to the newest schema.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.CannotOpen"/>, with a message for operators; the file is left untouched.</exception>
    public static SqliteStore Open(StoreOptions options, TimeProvider time) =>
        new(SqliteDatabase.Open(options.ConnectionString), options, time);

    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
    }

    private protected override ValueTask<T> ReadAsync<T>(Func<SqlSession, T> query, CancellationToken cancellationToken) =>
        _readers.ReadAsync(query, cancellationToken);

    private protected override Task<T> WriteAsync<T>(Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool guardsItself) =>
        _writer.WriteAsync(work, cancellationToken, guardsItself);
}
