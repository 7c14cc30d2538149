namespace ForeignGrpc.Store;

/// <summary>How to open a store, and its limits.</summary>
public sealed record StoreOptions
{
    /// <summary>The engine's connection string.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Whether to create a missing database and to bring an old one to the newest schema. False refuses both.</summary>
    public bool Prepares { get; init; } = true;

    /// <summary>SQLite only: whether the store locks the file. False lets other programs use the file too.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Receives warnings for operators, each a line. The store may call it on any thread.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Whether the first save for a table name that is not documented registers the name. False refuses the save.</summary>
    public bool AcceptUnknownTables { get; init; } = true;

    /// <summary>The most table names that can be registered. The store refuses one more.</summary>
    public int MostRegisteredTables { get; init; } = 10_000;

    /// <summary>The most table names that one person can register. The store refuses one more.</summary>
    public int MostRegisteredTablesPerWriter { get; init; } = 1_000;

    /// <summary>The most writes that wait in the queue. The store refuses one more as overloaded.</summary>
    public int WriteQueueCapacity { get; init; } = 10_000;

    /// <summary>The most writes that share one commit.</summary>
    public int MaxBatch { get; init; } = 1_000;

    /// <summary>
    /// The number of deleted rows that one step removes. A step holds up saves for some tens of milliseconds. 0 removes none.
    /// </summary>
    internal int RemovedAtOnce { get; init; } = 500;

    /// <summary>The number of look-ups that run at the same time. More wait.</summary>
    public int Readers { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>The number of long reads, such as lists, that run at the same time. As many reads of up to a quarter of a second run beside
    /// them. More wait.</summary>
    public int Scanners { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The most long reads of one caller that wait. The store refuses one more.</summary>
    public int WaitingScans { get; init; } = 100;

    /// <summary>How long a read may take. The store stops a longer one.</summary>
    public TimeSpan ReadTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>PostgreSQL only: the number of changes, other than saves of keys, that run at the same time. More wait.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>PostgreSQL only: how many seconds a change waits for the locks of other transactions. Then it fails as
    /// unavailable.</summary>
    public int LockSeconds { get; init; } = 5;

    /// <summary>PostgreSQL only: how many seconds a statement may run. Then the database stops it, and it fails as unavailable.</summary>
    public int StatementSeconds { get; init; } = 10;
}
