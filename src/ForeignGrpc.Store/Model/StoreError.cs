namespace ForeignGrpc.Store.Model;

/// <summary>Why the store did not do what it was asked to.</summary>
public enum StoreError
{
    /// <summary>The write queue is full; nothing was done, try again later.</summary>
    Overloaded,

    /// <summary>
    /// The database did not answer or is closing, try again later. Nothing was done, unless the text says that it may have been.
    /// </summary>
    Unavailable,

    /// <summary>No space is left for writes; nothing was done, reads go on.</summary>
    StorageFull,

    /// <summary>The database is damaged or holds what it must not.</summary>
    Damaged,

    /// <summary>The table name is not documented, and registering new ones is switched off.</summary>
    UnknownTable,

    /// <summary>Something of that name is there already.</summary>
    AlreadyExists,

    /// <summary>What was to be changed is not there.</summary>
    NotFound,

    /// <summary>What was to be changed has changed since the caller saw it.</summary>
    ChangedSince,

    /// <summary>The read took longer than one may take, and was stopped.</summary>
    ReadTooLong,

    /// <summary>The caller waits for too many reads already.</summary>
    TooManyReads,

    /// <summary>The database cannot be opened: wrong path, another program's file, or a newer version's.</summary>
    CannotOpen,

    /// <summary>The copy differs from the database that it was made from.</summary>
    CopyFailed,
}
