using System.Text;
using ForeignGrpc.Store.Model;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ForeignGrpc.Store.Sqlite;

/// <summary>Explains failures of SQLite. The driver's exception stays the inner exception.</summary>
internal static class SqliteErrors
{
    /// <summary>Whether a statement violated a foreign key.</summary>
    public static bool IsForeignKeyViolation(Exception e) =>
        e is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_FOREIGNKEY };

    public static Exception Translate(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } =>
            new StoreException(StoreError.StorageFull, $"No space is left on the disk of the database; nothing was changed.", e),
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } or DecoderFallbackException =>
            new StoreException(StoreError.Damaged, $"The database is damaged.", e),
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } =>
            new StoreException(StoreError.Contended, $"The database does not respond; nothing was changed.", e),
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN } =>
            new StoreException(StoreError.Unavailable, $"The database does not respond; nothing was changed.", e),
        _ => e,
    };

    /// <summary>Makes the exception, for operators, that explains why a file cannot be used.</summary>
    public static StoreException CannotOpen(string path, SqliteException cause) => CannotOpen(path, Explain(cause), cause);

    public static StoreException CannotOpen(string path, string what, Exception? cause = null) =>
        new(StoreError.CannotOpen, $"The database file '{path}' {what}.", cause);

    public static string Explain(SqliteException e) => Explain(e.SqliteErrorCode);

    public static string Explain(int sqliteError) => sqliteError switch
    {
        raw.SQLITE_NOTADB => "is not a SQLite database",
        raw.SQLITE_CORRUPT => "is damaged",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "is locked by another program",
        raw.SQLITE_READONLY or raw.SQLITE_PERM => "cannot be written",
        raw.SQLITE_FULL => "cannot be written: no space is left",
        raw.SQLITE_CANTOPEN => "cannot be opened: check that its folder exists and that this user may read and write there",
        _ => $"cannot be opened (SQLite error {sqliteError})",
    };
}
