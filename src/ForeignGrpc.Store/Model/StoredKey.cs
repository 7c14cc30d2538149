namespace ForeignGrpc.Store.Model;

/// <summary>A stored key.</summary>
/// <param name="Name">The name of the key.</param>
/// <param name="Value">The foreign value.</param>
/// <param name="Record">The record that the key refers to, with the table's name as documented or as first registered.</param>
/// <param name="Created">When and by whom the key was first saved.</param>
/// <param name="Updated">When and by whom the key was last saved.</param>
public sealed record StoredKey(string Name, string Value, RecordRef Record, AuditStamp Created, AuditStamp Updated);
