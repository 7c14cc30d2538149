namespace ForeignGrpc.Server.Load;

/// <summary>The connections from one address.</summary>
/// <param name="address">The key of the address; see <see cref="ClientAddress.KeyOf"/>.</param>
/// <param name="limit">The most connections; null for no limit.</param>
internal sealed class AddressShare(string address, int? limit)
{
    /// <summary>
    /// The number of unauthenticated connections that an address may always have, for probes and logins, even if authenticated connections
    /// use up the limit.
    /// </summary>
    private const int AlwaysNew = 16;

    public string Address => address;

    /// <summary>The number of connections with an authenticated caller.</summary>
    public int Known { get; set; }

    /// <summary>The connections without an authenticated caller, oldest first.</summary>
    public LinkedList<ClientConnection> Strangers { get; } = [];

    public bool IsEmpty => Known == 0 && Strangers.Count == 0;

    /// <summary>Whether one more connection may count as authenticated.</summary>
    public bool HasPlace => limit is null || Known < limit;

    /// <summary>Whether there are more unauthenticated connections than the limit allows.</summary>
    public bool IsOver => limit is { } most && Strangers.Count > Math.Max(AlwaysNew, most - Known);
}
