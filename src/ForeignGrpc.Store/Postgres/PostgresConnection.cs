using System.Data;
using System.Globalization;
using ForeignGrpc.Store.Sql;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>A connection to the database server, held for as long as it works.</summary>
/// <param name="connection">Npgsql's.</param>
/// <param name="statementSeconds">How long a statement of a change may run; 0 for any time.</param>
/// <param name="isPooled">Whether a pooler such as pgbouncer stands in between, which may give each transaction another session of the server. Then nothing is
/// left in a session: no prepared statements, and settings for one transaction only.</param>
internal sealed class PostgresConnection(NpgsqlConnection connection, int statementSeconds, bool isPooled) : Connection
{
    private NpgsqlTransaction? _transaction;
    private int _lockMilliseconds = -1;

    /// <summary>Whether a pooler stands in between.</summary>
    public bool IsPooled => isPooled;

    /// <summary>
    /// What is looked up for the row before it stands in a subquery with an order or limit of its own, which PostgreSQL runs for each row as it is: so rows
    /// come in the order of the outermost, and a limit ends it all. Joined and sorted at the end, each page would sort all keys behind it.
    /// </summary>
    public override (string From, string OrderBy) NaturalOrder => (
        """
        (SELECT * FROM foreign_app ORDER BY id) a
        LEFT JOIN LATERAL (SELECT * FROM foreign_device WHERE app_id = a.id ORDER BY id) d ON true
        LEFT JOIN LATERAL (SELECT * FROM foreign_key WHERE device_id = d.id ORDER BY table_id, record_id, name) k ON true
        LEFT JOIN LATERAL (SELECT full_name FROM person WHERE id = k.created_by LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT full_name FROM person WHERE id = k.updated_by LIMIT 1) u ON true
        """,
        "");

    public override string JoinInOrder => " JOIN ";

    public override Statement Prepare(string sql) => new PostgresStatement(this, connection, sql, !isPooled);

    public override string Parameter(int position) => string.Create(CultureInfo.InvariantCulture, $"${position}");

    /// <summary>As one array, as the time that PostgreSQL takes for a list of parameters grows with the square of its length.</summary>
    public override string Among(SqlValue[] values, bool isNegated, Func<SqlValue, string> parameter) => string.Concat(
        isNegated ? "<> ALL (" : "= ANY (",
        values[0].Kind == SqlKind.Number
            ? parameter(Array.ConvertAll(values, value => value.Number))
            : parameter(Array.ConvertAll(values, value => (string)value.Reference!)),
        ")");

    public override void BeginSnapshot() => Begin(IsolationLevel.RepeatableRead);

    public override void EndSnapshot() => Rollback();

    /// <summary>Begins a transaction for changes, which are durable when the commit returns whatever the server's default is.</summary>
    /// <param name="lockMilliseconds">How long a statement waits for a lock; 0 for any time.</param>
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

    /// <summary>Has statements of this session wait no longer than this for a lock.</summary>
    public void LimitLockWaits(int milliseconds)
    {
        if (milliseconds != _lockMilliseconds)
        {
            Set(milliseconds, isLocal: false);
            _lockMilliseconds = milliseconds;
        }
    }

    /// <summary>Sets what holds for changes in this session, or in this transaction.</summary>
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

    /// <summary>Makes the changes durable.</summary>
    public void Commit()
    {
        _transaction!.Commit();
        _transaction = null;
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

    /// <summary>Begins to bring rows into a table, by the columns in this order.</summary>
    public PostgresImport BeginImport(string table, IEnumerable<string> columns) =>
        new(connection.BeginBinaryImport($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT binary)"));

    public override string ForUpdate(string sql, string table, bool orSkipped = false) => $"{sql} FOR UPDATE OF {table}{(orSkipped ? " SKIP LOCKED" : "")}";

    /// <summary>Changes of columns that are unique, as names are, wait for this lock; it does not wait for others of its kind.</summary>
    public override string ForKeyShare(string sql, string tables) => $"{sql} FOR KEY SHARE OF {tables}";

    public override string Position(string text, string within) => $"strpos({within}, {text})";

    public override string EndsWith(string text, string end, Func<SqlValue, string> parameter) =>
        string.Create(CultureInfo.InvariantCulture, $"right({text}, {PostgresText.Encode(end).EnumerateRunes().Count()}) = {parameter(end)}");

    public override string Hexadecimal(string bytes) => $"upper(encode({bytes}, 'hex'))";

    /// <summary>Npgsql tells of a statement that it cancelled by another exception around the server's.</summary>
    public override bool IsStopped(Exception e) =>
        (e is OperationCanceledException ? e.InnerException : e) is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    public override bool IsUniqueViolation(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public override void Dispose() => connection.Dispose();

    private void Begin(IsolationLevel level) => _transaction = connection.BeginTransaction(level);
}
