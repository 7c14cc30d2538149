namespace ForeignGrpc.Store.Model;

/// <summary>A user of the service.</summary>
/// <param name="Name">Login name, compared exactly.</param>
/// <param name="FullName">What `CreatedBy` and `UpdatedBy` show.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="PasswordHash">Salted slow hash of the password.</param>
/// <param name="DevelopmentOnly">The credential is public knowledge and must only be honoured in Development.</param>
/// <param name="Disabled">No credential of the user is honoured.</param>
public sealed record User(
    string Name, string FullName, UserRole Role, string PasswordHash, bool DevelopmentOnly = false, bool Disabled = false);
