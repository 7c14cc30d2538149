using System.Net.Sockets;
using ForeignGrpc.Store.Model;
using Npgsql;

namespace ForeignGrpc.Store.Postgres;

/// <summary>Explains failures of PostgreSQL and of the connection to it. The driver's exception stays the inner exception.</summary>
internal static class PostgresErrors
{
    /// <summary>
    /// Whether another transaction was in the way, so that a retry may succeed: a deadlock, a conflict, a name that another has just
    /// added, or an owner of new rows that another has just deleted.
    /// </summary>
    public static bool IsLostRace(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation,
    };

    /// <summary>Whether the connection, or a statement that it has prepared, can no longer be used.</summary>
    public static bool IsConnectionFailure(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported } => true,
        PostgresException server =>
            IsUnavailable(server) && server.SqlState is not (PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable),
        NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Whether the database did not answer in time.</summary>
    public static bool IsTimeout(Exception e) => e is TimeoutException or { InnerException: TimeoutException };

    /// <summary>Whether another transaction held a lock for too long.</summary>
    public static bool IsLocked(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable }
            || (e is StoreException { InnerException: { } cause } && IsLocked(cause));

    /// <summary>Makes the exception that callers get of a failure.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="isInDoubt">Whether the connection broke during a commit, so that nobody knows whether the change was made.</param>
    public static Exception Translate(Exception e, bool isInDoubt = false) => e switch
    {
        _ when isInDoubt => new StoreException(
            StoreError.Unavailable,
            $"The connection to the database was lost during the commit; the change may or may not have been saved.",
            e),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new StoreException(
            StoreError.Contended,
            $"Another transaction in the database holds a lock on data that this call changes; nothing was changed.",
            e),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => new StoreException(
            StoreError.Contended,
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

    /// <summary>
    /// Whether the server cannot serve now: exceptions of connections (08), resources (53), authorization (28), operators (57) and the
    /// system (58); a standby; a missing database; a lock.
    /// </summary>
    private static bool IsUnavailable(PostgresException e) =>
        e.SqlState[..2] is "08" or "53" or "57" or "28" or "58" || e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.LockNotAvailable;
}
