using System.Net.Sockets;
using ForeignGrpc.Store.Model;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>What a failure of PostgreSQL, or of the way to it, means; what the driver said stays the inner exception.</summary>
internal static class PostgresErrors
{
    /// <summary>
    /// Whether another transaction was in the way, and the same once more may go well: a deadlock or a conflict; or, after a look had found
    /// none, something of that name is there now, or what a key was to belong to is gone.
    /// </summary>
    public static bool IsLostRace(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation,
    };

    /// <summary>Whether the connection is of no use any more, or what it has prepared is not.</summary>
    public static bool IsConnectionFailure(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported } => true,
        PostgresException server =>
            IsUnavailable(server) && server.SqlState is not (PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable),
        NpgsqlException or IOException or SocketException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether another transaction held a lock for too long.</summary>
    public static bool IsLocked(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }
            || (e is StoreException { InnerException: { } cause } && IsLocked(cause));

    public static Exception Translate(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new StoreException(
            StoreError.Unavailable,
            $"Another transaction in the database holds a lock on data that this call changes; nothing was changed.",
            e),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new StoreException(
            StoreError.Unavailable,
            $"The database exceeded the time limit of a statement (setting Storage:StatementSeconds); nothing was changed.",
            e),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            new StoreException(StoreError.StorageFull, $"No space is left on the disk of the database; nothing was changed.", e),
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
            new StoreException(StoreError.Damaged, $"The database is damaged.", e),
        PostgresException server when !IsLostRace(server) && !IsUnavailable(server) => e,
        NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException =>
            new StoreException(StoreError.Unavailable, $"The database does not respond; nothing was changed.", e),
        _ => e,
    };

    /// <summary>What a failed COMMIT means: unless the server said no, nobody knows.</summary>
    public static Exception TranslateCommit(Exception e) => IsConnectionFailure(e) || e is TimeoutException
        ? new StoreException(
            StoreError.Unavailable,
            $"The connection to the database was lost during the commit; the change may or may not have been saved.",
            e)
        : Translate(e);

    /// <summary>Connection exceptions, no resources, intervention of operators, authorization, a standby, system errors.</summary>
    private static bool IsUnavailable(PostgresException e) =>
        e.SqlState[..2] is "08" or "53" or "57" or "28" or "58" || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.LockNotAvailable;
}
