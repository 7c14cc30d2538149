using System.Net;

namespace ForeignGrpc.Server.Upstream;

/// <summary>A credential as the upstream server is asked for it.</summary>
/// <param name="Authorization">The value of the header Authorization.</param>
/// <param name="AppToken">The value of the header SO-AppToken; blank for none.</param>
/// <param name="Account">The name by which wrong credentials are counted.</param>
/// <param name="Address">The address of the client.</param>
internal sealed record UpstreamCredential(string Authorization, string AppToken, string Account, IPAddress? Address);
