using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Storage`.</summary>
internal sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Name of the connection string.</summary>
    public const string ConnectionName = "ForeignSystem";

    public const string Sqlite = "Sqlite";

    public const string Postgres = "Postgres";

    /// <summary>The engine: `Sqlite` or `Postgres`. Default `Sqlite`.</summary>
    [AllowedValues(Sqlite, Postgres, ErrorMessage = "Provider must be Sqlite or Postgres.")]
    public string Provider { get; set; } = Sqlite;

    /// <summary>The most writes that may wait; one more is rejected with 503 / UNAVAILABLE. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int WriteQueue { get; set; } = 10_000;

    /// <summary>The most writes in one commit. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>The most concurrent reads; more reads wait. Default: twice the number of cores.</summary>
    [Range(1, 1_000)]
    public int Readers { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>
    /// The most concurrent long reads, such as lists, and also the most concurrent scans that take less than a quarter of a second. More
    /// reads wait, fairly by caller. Default: half the number of cores.
    /// </summary>
    [Range(1, 1_000)]
    public int Scanners { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>The most waiting long reads of one caller; one more is rejected with 429 / RESOURCE_EXHAUSTED. Default 100.</summary>
    [Range(1, 100_000)]
    public int WaitingScans { get; set; } = 100;

    /// <summary>The time limit of a read, in seconds; a longer read is cancelled with 503 / UNAVAILABLE. Default 10.</summary>
    [Range(1, 86_400)]
    public int ReadSeconds { get; set; } = 10;

    /// <summary>With `Postgres`: the most concurrent changes other than saves of keys; more changes wait. Default 4.</summary>
    [Range(1, 1_000)]
    public int Writers { get; set; } = 4;

    /// <summary>
    /// With `Postgres`: how long a change is retried while another transaction holds a lock that it needs, in seconds. Then the change
    /// fails with 503 / UNAVAILABLE. Default 5.
    /// </summary>
    [Range(1, 600)]
    public int LockSeconds { get; set; } = 5;

    /// <summary>
    /// With `Postgres`: the time limit of a statement, in seconds; a longer statement fails with 503 / UNAVAILABLE. Default 10.
    /// </summary>
    [Range(1, 600)]
    public int StatementSeconds { get; set; } = 10;
}
