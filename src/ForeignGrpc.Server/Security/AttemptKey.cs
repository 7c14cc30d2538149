namespace ForeignGrpc.Server.Security;

/// <summary>The key by which password attempts are counted.</summary>
/// <param name="User">The login name of the attempts; blank counts attempts for all users.</param>
/// <param name="Address">The key of the address of the attempts; blank counts attempts from all addresses.</param>
internal readonly record struct AttemptKey(string User, string Address);
