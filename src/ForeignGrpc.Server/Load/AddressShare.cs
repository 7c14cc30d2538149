namespace ForeignGrpc.Server.Load;

/// <summary>The connections of one address.</summary>
/// <param name="limit">How many it may have; null is any number.</param>
internal sealed class AddressShare(string address, int? limit)
{
    /// <summary>
    /// So many connections are never refused, even where callers have been authenticated on all others: for probes, and to sign in.
    /// </summary>
    private const int AlwaysNew = 16;

    public string Address => address;

    /// <summary>On how many a caller has been authenticated.</summary>
    public int Known { get; set; }

    /// <summary>The others, the oldest first.</summary>
    public LinkedList<ClientConnection> Strangers { get; } = [];

    public bool IsEmpty => Known == 0 && Strangers.Count == 0;

    /// <summary>Whether one more may become known.</summary>
    public bool HasPlace => limit is null || Known < limit;

    /// <summary>Whether there are more strangers than the share has room for.</summary>
    public bool IsOver => limit is { } most && Strangers.Count > Math.Max(AlwaysNew, most - Known);
}
