namespace ForeignGrpc.Store.Model;

/// <summary>Which keys of an application to list. Here null lifts a restriction.</summary>
/// <param name="Application">Name of the application.</param>
/// <param name="Device">Only devices of this name.</param>
/// <param name="Identifier">Only the device with this identifier.</param>
/// <param name="Table">Only keys bound to this table; blank for keys that are bound to none.</param>
/// <param name="RecordId">Only keys on this record of the table.</param>
public sealed record KeyQuery(
    string Application, string? Device = null, string? Identifier = null, string? Table = null, int? RecordId = null)
{
    /// <summary>In whose turn the keys behind the first page are read.</summary>
    public string Caller { get; init; } = "";
}
