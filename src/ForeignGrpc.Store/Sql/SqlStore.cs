using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>The part of the store that all engines share: the work of each operation, in SQL that all engines understand. An engine runs
/// the work in its sessions, and may override an operation to be faster. There is one file for each interface of the store.</summary>
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
            // A full queue means that the store is busy, and it works.
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs work in a transaction, and returns its result once it is durable.</summary>
    /// <param name="work">The work. It may run more than once; the last run counts.</param>
    /// <param name="cancellationToken">Withdraws the work while it waits.</param>
    /// <param name="setsOwnSavepoint">Whether the work itself calls <see cref="SqlWriteSession.SetSavepoint"/> before the first of several
    /// changes.</param>
    /// <exception cref="StoreException">The queue is full, the store is closing, or the transaction failed.</exception>
    private protected abstract Task<T> WriteAsync<T>(
        Func<SqlWriteSession, T> work, CancellationToken cancellationToken, bool setsOwnSavepoint = false);

    /// <summary>Reads two stamps from four columns, the first of which is given.</summary>
    private static (AuditStamp Created, AuditStamp Updated) ReadStamps(Rows row, int column) => (
        new AuditStamp(Instants.FromMicroseconds(row.GetInt64(column)), new Author(row.GetString(column + 1))),
        new AuditStamp(Instants.FromMicroseconds(row.GetInt64(column + 2)), new Author(row.GetString(column + 3))));
}
