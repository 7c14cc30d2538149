using System.Data;
using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A connection to the database server.</summary>
/// <param name="connection">The connection of Npgsql.</param>
/// <param name="statementSeconds">How many seconds a statement of a change may run; 0 for no limit.</param>
/// <param name="isPooled">Whether a pooler such as pgbouncer is between this program and the server. A pooler may give each transaction
/// another session of the server. Then sessions keep no prepared statements, and settings last for one transaction.</param>
internal sealed class PostgresConnection(NpgsqlConnection connection, int statementSeconds, bool isPooled) : Connection
{
    private NpgsqlTransaction? _transaction;
    private int _lockMilliseconds = -1;

    /// <summary>Whether a pooler is between this program and the server.</summary>
    public bool IsPooled => isPooled;

    public override Dialect Dialect => PostgresDialect.Instance;

    public override Statement Prepare(string sql) => new PostgresStatement(this, connection, sql, !isPooled);

    public override void BeginSnapshot() => Begin(IsolationLevel.RepeatableRead);

    public override void EndSnapshot() => Rollback();

    /// <summary>Begins a transaction for changes. They are durable when the commit returns, whatever the default of the server.</summary>
    /// <param name="lockMilliseconds">How many milliseconds a statement waits for a lock; 0 for no limit.</param>
    public void BeginChanges(int lockMilliseconds)
    {
        if (isPooled)
        {
            Begin(IsolationLevel.ReadCommitted);
            Set(lockMilliseconds, isLocal: true);
        }
        else
        {
            LimitLockWaits(lockMilliseconds);
            Begin(IsolationLevel.ReadCommitted);
        }
    }

    /// <summary>Limits how long the statements of this session wait for a lock; 0 for no limit.</summary>
    public void LimitLockWaits(int milliseconds)
    {
        if (milliseconds != _lockMilliseconds)
        {
            Set(milliseconds, isLocal: false);
            _lockMilliseconds = milliseconds;
        }
    }

    /// <summary>Sets the limits and the durability of changes, for this session or for this transaction.</summary>
    private void Set(int lockMilliseconds, bool isLocal)
    {
        using var command = new NpgsqlCommand(
            """
            SELECT set_config('lock_timeout', @lock, @local), set_config('statement_timeout', @statement, @local),
              set_config('idle_in_transaction_session_timeout', @statement, @local),
              CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', @local) END
            """,
            connection);
        command.Parameters.AddWithValue("lock", $"{lockMilliseconds}ms");
        command.Parameters.AddWithValue("statement", $"{statementSeconds}s");
        command.Parameters.AddWithValue("local", isLocal);
        command.ExecuteNonQuery();
    }

    /// <summary>Commits the transaction.</summary>
    public void Commit()
    {
        // A commit that fails ends the transaction too.
        var transaction = _transaction!;
        _transaction = null;
        transaction.Commit();
    }

    public void Rollback()
    {
        var transaction = _transaction;
        _transaction = null;
        if (connection.State == ConnectionState.Open)
        {
            transaction?.Rollback();
        }
    }

    /// <summary>Begins to import rows into these columns of a table.</summary>
    public PostgresImport BeginImport(string table, IEnumerable<string> columns) =>
        new(connection.BeginBinaryImport($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT binary)"));

    /// <summary>Npgsql wraps the exception of the server when it cancelled the statement itself.</summary>
    public override bool IsStopped(Exception e) =>
        (e is OperationCanceledException ? e.InnerException : e) is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    public override bool IsUniqueViolation(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override void Dispose() => connection.Dispose();

    private void Begin(IsolationLevel level) => _transaction = connection.BeginTransaction(level);
}
