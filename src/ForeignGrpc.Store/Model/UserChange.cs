namespace ForeignGrpc.Store.Model;

/// <summary>
/// What to change of a user; null leaves it as it is. A new password, and disabling, end the user's tickets and sessions.
/// </summary>
public sealed record UserChange(UserRole? Role = null, string? PasswordHash = null, bool? Disabled = null);
