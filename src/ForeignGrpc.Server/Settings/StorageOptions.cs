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

    /// <summary>How many writes may wait; one more is answered 503 / UNAVAILABLE. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int WriteQueue { get; set; } = 10_000;

    /// <summary>How many writes may share one commit. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>How many reads may run at the same time; more wait. Default twice the number of cores.</summary>
    [Range(1, 1_000)]
    public int Readers { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>How many reads that take long, such as lists, may run at the same time, and as many that take less than a quarter of a
    /// second; more wait, and take turns that are fair by caller. Default half the number of cores.</summary>
    [Range(1, 1_000)]
    public int Scanners { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How many reads that take long one caller may have waiting; one more is 429 / RESOURCE_EXHAUSTED. Default 100.</summary>
    [Range(1, 100_000)]
    public int WaitingScans { get; set; } = 100;

    /// <summary>How long a read may take, in seconds; then it is stopped and answered 503 / UNAVAILABLE. Default 10.</summary>
    [Range(1, 86_400)]
    public int ReadSeconds { get; set; } = 10;

    /// <summary>With `Postgres`: how many changes other than saves of keys may run at the same time; more wait. Default 4.</summary>
    [Range(1, 1_000)]
    public int Writers { get; set; } = 4;

    /// <summary>With `Postgres`: how many seconds a change is tried again while another transaction holds a lock on what it would change;
    /// then it is answered 503 / UNAVAILABLE. Default 5.</summary>
    [Range(1, 600)]
    public int LockSeconds { get; set; } = 5;

    /// <summary>With `Postgres`: how many seconds one statement may run; then it is answered 503 / UNAVAILABLE. Default 10.</summary>
    [Range(1, 600)]
    public int StatementSeconds { get; set; } = 10;
}
