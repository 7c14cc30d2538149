namespace ForeignGrpc.Store.Model;

/// <summary>The record that a key refers to.</summary>
/// <param name="Table">The name of the table, compared without case; blank for no table.</param>
/// <param name="Id">The id of the record; 0 for no record.</param>
public readonly record struct RecordRef(string Table, int Id);
