using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The server's connections. One more than an address may have, or than the server takes, is not refused: it closes the oldest on which no
/// caller has been authenticated. So those who only connect close each other's connections, while probes and callers get through, from the
/// same address too.
/// </summary>
internal sealed class ClientConnections(IOptions<LoadLimits> limits, IOptions<ForwardedHeadersOptions> forwarded)
{
    /// <summary>A closed connection counts for the web server until it has been taken down.</summary>
    private const int BeingClosed = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AddressShare> _shares = [];
    private readonly HashSet<ClientConnection> _all = [];
    private readonly LinkedList<ClientConnection> _strangers = [];
    private long _most = long.MaxValue;

    /// <summary>
    /// Says how many connections the web server takes, null for any number; beyond these it closes a connection before it comes here.
    /// </summary>
    public void LimitTo(long? most) => _most = most is { } limit ? limit - Math.Min(BeingClosed, limit / 10) : long.MaxValue;

    /// <summary>Serves a connection until it ends.</summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = Add(context);
        context.Features.Set(connection);
        try
        {
            await next(context);
        }
        finally
        {
            Remove(connection);
        }
    }

    /// <summary>A caller has been authenticated on it: it stays, as long as its address has a place for it.</summary>
    public void BecomeKnown(ClientConnection connection)
    {
        lock (_lock)
        {
            if (!connection.IsKnown && connection.Share.HasPlace && Forget(connection))
            {
                connection.IsKnown = true;
                connection.Share.Known++;
            }
        }
    }

    /// <summary>Closes all.</summary>
    public void AbortAll(string reason)
    {
        List<ClientConnection> all;
        lock (_lock)
        {
            all = [.. _all];
        }

        all.ForEach(connection => connection.Abort(reason));
    }

    private ClientConnection Add(ConnectionContext context)
    {
        var address = (context.RemoteEndPoint as IPEndPoint)?.Address;
        ClientConnection connection;
        ClientConnection? oldest;
        lock (_lock)
        {
            var share = ShareOf(address);
            connection = new ClientConnection(this, context, share);
            connection.Places = (share.Strangers.AddLast(connection), _strangers.AddLast(connection));
            _all.Add(connection);
            oldest = (share.IsOver ? share.Strangers : _all.Count > _most ? _strangers : null)?.First?.Value;
            if (oldest is not null)
            {
                Forget(oldest);
            }
        }

        oldest?.Abort("The server has too many connections, or too many from this address.");
        return connection;
    }

    private AddressShare ShareOf(IPAddress? address)
    {
        var key = ClientAddress.KeyOf(address);
        if (!_shares.TryGetValue(key, out var share))
        {
            _shares[key] = share = new AddressShare(key, IsLimited(address) ? limits.Value.ConnectionsPerAddress : null);
        }

        return share;
    }

    private void Remove(ClientConnection connection)
    {
        lock (_lock)
        {
            _all.Remove(connection);
            if (connection.IsKnown)
            {
                connection.Share.Known--;
            }
            else
            {
                Forget(connection);
            }

            if (connection.Share.IsEmpty)
            {
                _shares.Remove(connection.Share.Address);
            }
        }
    }

    /// <summary>No longer counts a connection among the strangers; false when it was none.</summary>
    private bool Forget(ClientConnection connection)
    {
        var (ofAddress, ofAll) = connection.Places;
        if (ofAddress.List is null)
        {
            return false;
        }

        connection.Share.Strangers.Remove(ofAddress);
        _strangers.Remove(ofAll);
        return true;
    }

    private bool IsLimited(IPAddress? address) => address is not null && limits.Value.ConnectionsPerAddress > 0
        && !IsProxy(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, forwarded.Value);

    /// <summary>Whether it is an address of a proxy, which has the connections of all its clients.</summary>
    private static bool IsProxy(IPAddress address, ForwardedHeadersOptions proxies) =>
        proxies.KnownIPNetworks.Any(network => network.Contains(address));
}
