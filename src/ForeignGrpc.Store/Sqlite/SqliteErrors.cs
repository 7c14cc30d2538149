using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Tells callers what a failure of SQLite means to them; what the driver said stays the inner exception.</summary>
internal static class SqliteErrors
{
    /// <summary>Extended code of a violated foreign key.</summary>
    public static bool IsForeignKeyViolation(Exception e) =>
        e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_FOREIGNKEY };

    public static Exception Translate(Exception e) => e is not SqliteException sqlite ? e : sqlite.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new StoreException(StoreError.StorageFull, $"No space is left to store this; nothing was changed.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreException(StoreError.Damaged, $"The database is damaged.", e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN =>
            new StoreException(StoreError.Unavailable, $"The database does not answer; nothing was changed.", e),
        _ => e,
    };
}
