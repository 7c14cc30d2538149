using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Limits`: the longest texts taken, in Unicode characters, and the largest body, in bytes.</summary>
internal sealed class KeyLimits
{
    public const string Section = "Limits";

    private const int Longest = 1_000_000;

    /// <summary>Default 254.</summary>
    [Range(1, Longest)]
    public int ApplicationName { get; set; } = 254;

    /// <summary>Default 31.</summary>
    [Range(1, Longest)]
    public int DeviceName { get; set; } = 31;

    /// <summary>Default 239.</summary>
    [Range(1, Longest)]
    public int DeviceIdentifier { get; set; } = 239;

    /// <summary>Default 239.</summary>
    [Range(1, Longest)]
    public int Key { get; set; } = 239;

    /// <summary>Default 8,000.</summary>
    [Range(1, Longest)]
    public int Value { get; set; } = 8_000;

    /// <summary>Default 254.</summary>
    [Range(1, Longest)]
    public int TableName { get; set; } = 254;

    /// <summary>The largest request body or gRPC message. Default 1 MiB.</summary>
    [Range(1_024, 1_073_741_824)]
    public int BodyBytes { get; set; } = 1_048_576;

    /// <summary>The most devices that one save or patch of an application adds, changes or deletes. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int SavedDevices { get; set; } = 2_000;

    /// <summary>The most keys that a list which is one response may have. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int ListedKeys { get; set; } = 100_000;

    /// <summary>The most rows that a page of the list of keys has. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int ListPage { get; set; } = 1_000;

    /// <summary>
    /// The most conditions and values of lists that a `$filter` may have in all. Default 1,000. The time that SQLite takes to prepare a
    /// statement grows with the square of the number of its comparisons: 5,000 take about a second.
    /// </summary>
    [Range(1, 5_000)]
    public int FilterTerms { get; set; } = 1_000;

    /// <summary>
    /// The longest path and query that these limits allow for, in bytes: a character is four bytes in UTF-8, each escaped as `%XX`.
    /// </summary>
    public int RequestLineBytes => 1_024 + (12 * (ApplicationName + DeviceName + DeviceIdentifier + Key + TableName + Value));
}
