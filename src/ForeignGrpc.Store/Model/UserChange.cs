namespace ForeignGrpc.Store.Model;

/// <summary>
/// The changes of a user; null changes nothing. A new password, and disabling the user, end the user's tickets and sessions.
/// </summary>
public sealed record UserChange(UserRole? Role = null, string? PasswordHash = null, bool? Disabled = null);
