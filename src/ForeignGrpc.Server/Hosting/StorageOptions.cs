using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Hosting;

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

    /// <summary>With `Postgres`: how many changes other than saves of keys may run at the same time; more wait. Default 4.</summary>
    [Range(1, 1_000)]
    public int Writers { get; set; } = 4;

    /// <summary>With `Postgres`: how many seconds a change is tried again while another transaction holds a lock on what it would change; then
    /// it is answered 503 / UNAVAILABLE. Default 5.</summary>
    [Range(1, 600)]
    public int LockSeconds { get; set; } = 5;

    /// <summary>With `Postgres`: how many seconds one statement may run; then it is answered 503 / UNAVAILABLE. Default 10.</summary>
    [Range(1, 600)]
    public int StatementSeconds { get; set; } = 10;
}
