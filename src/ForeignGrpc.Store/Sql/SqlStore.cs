using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>What every engine does alike: the work of each operation, in SQL that all of them understand. A file for each role. An engine
/// runs the work in sessions of its own, and may have a way of its own to be fast.</summary>
public abstract partial class SqlStore : IForeignSystemStore
{
    private readonly ChangeTurns _turns = new();
    private readonly TimeProvider _time;
    private readonly StoreOptions _options;

    private protected SqlStore(StoreOptions options, TimeProvider time)
    {
        _time = time;
        _options = options;
        _remover = new Remover(cancellationToken => WriteAsync(session => RemoveSome(session, options.RemovedAtOnce), cancellationToken));
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(session => session.Prepared(Statements.Check).Number(), cancellationToken).ConfigureAwait(false);
        await WriteAsync(session => Statements.CheckWrites.Sum(sql => session.Prepared(sql).Execute()), cancellationToken).ConfigureAwait(false);
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs a query; it sees every write acknowledged before it began.</summary>
    /// <param name="query">What to ask. It may run more than once, with the last run's result.</param>
    /// <param name="cancellationToken">Withdraws it while it waits.</param>
    private protected abstract ValueTask<T> ReadAsync<T>(Func<SqlSession, T> query, CancellationToken cancellationToken);

    /// <summary>Runs the work in a transaction and returns its result once that is durable.</summary>
    /// <param name="work">What to do. It may run more than once; only the last run is kept.</param>
    /// <param name="cancellationToken">Withdraws it while it waits.</param>
    /// <param name="guardsItself">Whether the work calls <see cref="SqlWriteSession.Guard"/> before its first change when it makes more than one.</param>
    /// <exception cref="StoreException">The queue is full, the store is closing, or the transaction failed.</exception>
    private protected abstract Task<T> WriteAsync<T>(Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool guardsItself = false);

    /// <summary>The two stamps that stand in four columns from here.</summary>
    private static (Stamp Created, Stamp Updated) ReadStamps(Rows row, int column) => (
        new Stamp(Instants.FromMicroseconds(row.GetInt64(column)), row.GetString(column + 1)),
        new Stamp(Instants.FromMicroseconds(row.GetInt64(column + 2)), row.GetString(column + 3)));
}
