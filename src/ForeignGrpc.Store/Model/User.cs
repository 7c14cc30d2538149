namespace ForeignGrpc.Store.Model;

/// <summary>A user of the service.</summary>
/// <param name="Name">The login name, compared exactly.</param>
/// <param name="FullName">The name in `CreatedBy` and `UpdatedBy`.</param>
/// <param name="Role">The role.</param>
/// <param name="PasswordHash">The salted slow hash of the password.</param>
/// <param name="DevelopmentOnly">Whether the password is public knowledge, and is accepted in Development only.</param>
/// <param name="Disabled">Whether all credentials of the user are rejected.</param>
public sealed record User(
    string Name, string FullName, UserRole Role, string PasswordHash, bool DevelopmentOnly = false, bool Disabled = false);
