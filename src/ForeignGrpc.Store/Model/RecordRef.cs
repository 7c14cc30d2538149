namespace ForeignGrpc.Store.Model;

/// <summary>The record that a key refers to.</summary>
/// <param name="Table">Table name, compared without case; blank means bound to no table.</param>
/// <param name="Id">Record id; 0 with a table means bound to the table but to no record of it.</param>
public readonly record struct RecordRef(string Table, int Id);
