namespace ForeignGrpc.Store.Model;

/// <summary>The keys to delete. Null restricts nothing, unlike the blank table of <see cref="RecordRef"/>.</summary>
/// <param name="Device">The device; with a null identifier, all devices of the name.</param>
/// <param name="Name">The name of the keys.</param>
/// <param name="Table">Only keys of this table; null for keys of all tables and of none.</param>
/// <param name="RecordId">Only keys on this record of the table; null for all records.</param>
public sealed record KeyFilter(DeviceAddress Device, string Name, string? Table, int? RecordId);
