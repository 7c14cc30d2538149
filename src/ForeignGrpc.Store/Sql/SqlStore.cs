using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>What every engine does alike: the work of each operation, in SQL that all of them understand. A file for each role. An engine
/// runs the work in sessions of its own, and may have a way of its own to be fast.</summary>
public abstract partial class SqlStore : IForeignSystemStore
{
    private readonly ChangeTurns _turns = new();
    private readonly TimeProvider _time;

    private protected SqlStore(StoreOptions options, TimeProvider time)
    {
        _time = time;
        Registry = new TableRegistry(options);
        _remover = new Remover(cancellationToken => WriteAsync(session => RemoveSome(session, options.RemovedAtOnce), cancellationToken));
        (_readTime, _waitingScans) = (options.ReadTime, options.WaitingScans);
        _quickScans = new FairTurns(options.Scanners, options.WaitingScans);
        _longScans = new FairTurns(options.Scanners, options.WaitingScans);
    }

    /// <summary>Gives table names their numbers, within the limits of the settings.</summary>
    private protected TableRegistry Registry { get; }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await LookUpAsync(session => session.Prepared(Statements.Check).Number(), _readTime, cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(session => Statements.CheckWrites.Sum(sql => session.Prepared(sql).Execute()), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StoreException e) when (e.Error == StoreError.Overloaded)
        {
            // Writes are being made, so many that more wait than may: the store is busy, not away.
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs the work in a transaction and returns its result once that is durable.</summary>
    /// <param name="work">What to do. It may run more than once; only the last run is kept.</param>
    /// <param name="cancellationToken">Withdraws it while it waits.</param>
    /// <param name="setsOwnSavepoint">Whether the work calls <see cref="SqlWriteSession.SetSavepoint"/> before its first change when it
    /// makes more than one.</param>
    /// <exception cref="StoreException">The queue is full, the store is closing, or the transaction failed.</exception>
    private protected abstract Task<T> WriteAsync<T>(
        Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint = false);

    /// <summary>The two stamps that stand in four columns from here.</summary>
    private static (AuditStamp Created, AuditStamp Updated) ReadStamps(Rows row, int column) => (
        new AuditStamp(Instants.FromMicroseconds(row.GetInt64(column)), new Author(row.GetString(column + 1))),
        new AuditStamp(Instants.FromMicroseconds(row.GetInt64(column + 2)), new Author(row.GetString(column + 3))));
}
