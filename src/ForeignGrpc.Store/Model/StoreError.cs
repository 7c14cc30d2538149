namespace ForeignGrpc.Store.Model;

/// <summary>The kinds of failure of the store.</summary>
public enum StoreError
{
    /// <summary>The write queue is full. Nothing was changed; a later retry may succeed.</summary>
    Overloaded,

    /// <summary>
    /// The database does not answer, or the store is closing. Nothing was changed, unless the message says that it may have been. A later
    /// retry may succeed.
    /// </summary>
    Unavailable,

    /// <summary>
    /// Other transactions held or changed the data for too long, or a statement took too long. Nothing was changed; a later retry may
    /// succeed.
    /// </summary>
    Contended,

    /// <summary>No space is left for writes. Nothing was changed; reads go on.</summary>
    StorageFull,

    /// <summary>The database is damaged.</summary>
    Damaged,

    /// <summary>The table name is neither documented nor registered, and the settings allow no new one.</summary>
    UnknownTable,

    /// <summary>The name is taken.</summary>
    AlreadyExists,

    /// <summary>The record to change does not exist.</summary>
    NotFound,

    /// <summary>The record was changed after the instant of the precondition.</summary>
    ChangedSince,

    /// <summary>The read took longer than the settings allow. The store stopped it.</summary>
    ReadTooLong,

    /// <summary>Too many reads of the caller wait already.</summary>
    TooManyReads,

    /// <summary>The database cannot be opened: wrong path, another program's file, or a newer version's.</summary>
    CannotOpen,

    /// <summary>The copy was interrupted, or differs from the database that it was made from.</summary>
    CopyFailed,
}
