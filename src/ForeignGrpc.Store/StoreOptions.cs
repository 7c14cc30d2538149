namespace ForeignGrpc.Store;

/// <summary>How a store is opened and how much it takes.</summary>
public sealed record StoreOptions
{
    /// <summary>The engine's connection string.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Whether the database is created when it is missing, and brought to the newest schema; else both are refused.</summary>
    public bool Prepares { get; init; } = true;

    /// <summary>SQLite only: whether the file is kept for this store; else others may use it, too.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Told what an operator should know, a line each.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Whether a table name that is not documented is registered on its first save; else it is refused.</summary>
    public bool AcceptUnknownTables { get; init; } = true;

    /// <summary>How many such names there may be; one more is refused.</summary>
    public int MostRegisteredTables { get; init; } = 10_000;

    /// <summary>How many such names one writer may bring; one more is refused.</summary>
    public int MostRegisteredTablesPerWriter { get; init; } = 1_000;

    /// <summary>How many writes may wait; one more is refused as overloaded.</summary>
    public int WriteQueueCapacity { get; init; } = 10_000;

    /// <summary>How many writes may share one commit.</summary>
    public int MaxBatch { get; init; } = 1_000;

    /// <summary>
    /// How many rows of what is deleted are removed at once: a save that comes meanwhile waits for some tens of milliseconds. 0 removes
    /// none.
    /// </summary>
    internal int RemovedAtOnce { get; init; } = 500;

    /// <summary>How many reads may run at the same time; more wait.</summary>
    public int Readers { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>How many reads that take long, such as lists, may run at the same time, and as many that take less than a quarter of a
    /// second; more wait.</summary>
    public int Scanners { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many reads that take long one caller may have waiting; one more is refused.</summary>
    public int WaitingScans { get; init; } = 100;

    /// <summary>How long a read may take; then it is stopped and refused.</summary>
    public TimeSpan ReadTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>PostgreSQL only: how many changes other than saves of keys may run at the same time; more wait.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>PostgreSQL only: how long a change is tried again, in seconds, while another transaction holds a lock on what it would
    /// change; then it is refused as unavailable.</summary>
    public int LockSeconds { get; init; } = 5;

    /// <summary>PostgreSQL only: how long one statement may run, in seconds; then it is stopped and refused as unavailable.</summary>
    public int StatementSeconds { get; init; } = 10;
}
