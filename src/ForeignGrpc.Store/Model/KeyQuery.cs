namespace ForeignGrpc.Store.Model;

/// <summary>The keys of an application to list. Null restricts nothing.</summary>
/// <param name="Application">The name of the application.</param>
/// <param name="Device">Only devices of this name.</param>
/// <param name="Identifier">Only the device with this identifier.</param>
/// <param name="Table">Only keys of this table; blank for keys of no table.</param>
/// <param name="RecordId">Only keys on this record of the table.</param>
public sealed record KeyQuery(
    string Application, string? Device = null, string? Identifier = null, string? Table = null, int? RecordId = null)
{
    /// <summary>The caller, whose turn the pages after the first wait for.</summary>
    public string Caller { get; init; } = "";
}
