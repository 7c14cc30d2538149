namespace ForeignGrpc.Server.Security;

/// <summary>The upstream server, which judges the credentials that are not for this server.</summary>
internal interface IUpstreamAuthority
{
    /// <summary>Whether there is an upstream server.</summary>
    bool IsOn { get; }
}
