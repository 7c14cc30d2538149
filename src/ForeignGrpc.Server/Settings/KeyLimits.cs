using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Settings;

/// <summary>
/// Settings of section `Limits`: the longest texts in Unicode characters, the largest body in bytes, and the largest lists. A longer text
/// is 400 / INVALID_ARGUMENT.
/// </summary>
internal sealed class KeyLimits
{
    public const string Section = "Limits";

    private const int Longest = 1_000_000;

    /// <summary>The longest name of an application. Default 254.</summary>
    [Range(1, Longest)]
    public int ApplicationName { get; set; } = 254;

    /// <summary>The longest name of a device. Default 31.</summary>
    [Range(1, Longest)]
    public int DeviceName { get; set; } = 31;

    /// <summary>The longest identifier of a device. Default 239.</summary>
    [Range(1, Longest)]
    public int DeviceIdentifier { get; set; } = 239;

    /// <summary>The longest name of a key. Default 239.</summary>
    [Range(1, Longest)]
    public int Key { get; set; } = 239;

    /// <summary>The longest value of a key. Default 8,000.</summary>
    [Range(1, Longest)]
    public int Value { get; set; } = 8_000;

    /// <summary>The longest name of a table. Default 254.</summary>
    [Range(1, Longest)]
    public int TableName { get; set; } = 254;

    /// <summary>The largest request body or gRPC message. Default 1 MiB.</summary>
    [Range(1_024, 1_073_741_824)]
    public int BodyBytes { get; set; } = 1_048_576;

    /// <summary>The most devices that one save or patch of an application may add, change or delete. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int SavedDevices { get; set; } = 2_000;

    /// <summary>The most keys in a list that is one response. Default 100,000.</summary>
    [Range(1, 10_000_000)]
    public int ListedKeys { get; set; } = 100_000;

    /// <summary>The most rows in a page of the list of keys. A page also ends after 4 MiB. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int ListPage { get; set; } = 10_000;

    /// <summary>
    /// The most conditions plus values of lists in a `$filter`. Default 1,000. The time in which SQLite prepares a statement grows with the
    /// square of the number of comparisons; with 5,000 it is about a second.
    /// </summary>
    [Range(1, 5_000)]
    public int FilterTerms { get; set; } = 1_000;

    /// <summary>
    /// The longest path and query within these limits, in bytes. A character has up to four bytes in UTF-8, each escaped as `%XX`.
    /// </summary>
    public int RequestLineBytes => 1_024 + (12 * (ApplicationName + DeviceName + DeviceIdentifier + Key + TableName + Value));
}
