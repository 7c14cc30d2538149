namespace ForeignGrpc.Store.Model;

/// <summary>Which keys of one device to delete. Here null lifts a restriction, unlike the blank table of <see cref="RecordRef"/>.</summary>
/// <param name="Device">The device; its identifier is not null.</param>
/// <param name="Name">Name of the keys.</param>
/// <param name="Table">Only keys bound to this table; null for all of them, unbound ones too.</param>
/// <param name="RecordId">Only keys on this record; null for all records of the table.</param>
public sealed record KeyFilter(DeviceAddress Device, string Name, string? Table, int? RecordId);
