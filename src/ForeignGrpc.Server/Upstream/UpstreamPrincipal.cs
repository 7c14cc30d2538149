namespace ForeignGrpc.Server.Upstream;

/// <summary>Whom a credential authenticates at the upstream server.</summary>
/// <param name="UserName">The name with which the caller logs in there.</param>
/// <param name="FullName">The name of the person.</param>
/// <param name="RoleName">The name of the role there; blank if it is not told.</param>
internal sealed record UpstreamPrincipal(string UserName, string FullName, string RoleName);
