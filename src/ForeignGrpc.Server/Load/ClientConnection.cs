using Microsoft.AspNetCore.Connections;

namespace ForeignGrpc.Server.Load;

/// <summary>A connection of a client; a feature of the calls on this connection.</summary>
internal sealed class ClientConnection(ClientConnections all, ConnectionContext connection, AddressShare share)
{
    /// <summary>Whether a caller was authenticated on this connection and its address had a place for it.</summary>
    public bool IsKnown { get; set; }

    /// <summary>
    /// The nodes of this connection in the lists of connections without an authenticated caller: of its address, and of all addresses.
    /// </summary>
    public (LinkedListNode<ClientConnection> OfAddress, LinkedListNode<ClientConnection> OfAll) Places { get; set; }

    /// <summary>The connections of the same address.</summary>
    public AddressShare Share => share;

    /// <summary>Whether a known proxy has opened the connection, which then carries the calls of any client.</summary>
    public bool IsFromProxy { get; init; }

    /// <summary>Whether the connection has carried a call, and not only bytes that are no call.</summary>
    public bool HadCall { get; set; }

    /// <summary>Cancelled when the connection is closed.</summary>
    public CancellationToken Closed => connection.ConnectionClosed;

    /// <summary>Notes that a caller was authenticated on this connection.</summary>
    public void Authenticated()
    {
        if (!IsKnown)
        {
            all.BecomeKnown(this);
        }
    }

    /// <summary>Closes the connection, unless a caller has been authenticated on it or a proxy has opened it.</summary>
    public void AbortStranger(string reason)
    {
        if (!IsKnown && !IsFromProxy)
        {
            Abort(reason);
        }
    }

    public void Abort(string reason) => connection.Abort(new ConnectionAbortedException(reason));
}
