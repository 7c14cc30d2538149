namespace ForeignGrpc.Store.Model;

/// <summary>The person who saves something.</summary>
/// <param name="FullName">The full name, which `CreatedBy` and `UpdatedBy` show.</param>
public readonly record struct Author(string FullName);
