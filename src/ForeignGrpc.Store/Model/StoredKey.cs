namespace ForeignGrpc.Store.Model;

/// <summary>A key as it is stored.</summary>
/// <param name="Name">Name of the key within its device.</param>
/// <param name="Value">The foreign value.</param>
/// <param name="Record">The record it refers to, with the table's name as documented or as first registered.</param>
/// <param name="Created">When and by whom it was first saved.</param>
/// <param name="Updated">When and by whom it was last saved.</param>
public sealed record StoredKey(string Name, string Value, RecordRef Record, AuditStamp Created, AuditStamp Updated);
