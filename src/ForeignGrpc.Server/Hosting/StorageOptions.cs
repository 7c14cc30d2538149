using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Hosting;

/// <summary>Settings of section `Storage`.</summary>
internal sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Name of the connection string.</summary>
    public const string ConnectionName = "ForeignSystem";

    /// <summary>The engine. Default `Sqlite`.</summary>
    [AllowedValues("Sqlite", ErrorMessage = "Provider must be Sqlite.")]
    public string Provider { get; set; } = "Sqlite";

    /// <summary>How many writes may wait; one more is answered 503 / UNAVAILABLE. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int WriteQueue { get; set; } = 10_000;

    /// <summary>How many writes may share one commit. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>How many reads may run at the same time; more wait. Default twice the number of cores.</summary>
    [Range(1, 1_000)]
    public int Readers { get; set; } = 2 * Environment.ProcessorCount;
}
