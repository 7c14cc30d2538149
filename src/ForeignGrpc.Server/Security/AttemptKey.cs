namespace ForeignGrpc.Server.Security;

/// <summary>Whose passwords are counted.</summary>
/// <param name="User">The login name that was sent; blank for those of any user.</param>
/// <param name="Address">The key of the address that they came from; blank for those from anywhere.</param>
internal readonly record struct AttemptKey(string User, string Address);
