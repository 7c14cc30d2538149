using Microsoft.AspNetCore.Connections;

namespace ForeignGrpc.Server.Load;

/// <summary>A connection; a feature of the calls on it.</summary>
internal sealed class ClientConnection(ClientConnections all, ConnectionContext connection, AddressShare share)
{
    /// <summary>Whether a caller has been authenticated on it, and the address had a place for it.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Its place among the strangers of its address, and among those of all.</summary>
    public (LinkedListNode<ClientConnection> OfAddress, LinkedListNode<ClientConnection> OfAll) Places { get; set; }

    /// <summary>The share of its address.</summary>
    public AddressShare Share => share;

    /// <summary>A caller has been authenticated on it.</summary>
    public void Authenticated()
    {
        if (!IsKnown)
        {
            all.BecomeKnown(this);
        }
    }

    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));
}
