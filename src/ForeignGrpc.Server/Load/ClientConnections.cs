using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The connections of the server. A new connection above the limit of its address or of the server is accepted, and the oldest connection
/// without an authenticated caller is closed instead. So clients that only connect close each other's connections, while probes and
/// authenticated callers still get through, even from the same address.
/// </summary>
internal sealed class ClientConnections(
    IOptions<LoadLimits> limits, IOptions<ForwardedHeadersOptions> forwarded, AnonymousPace pace, TimeProvider time)
{
    /// <summary>A reserve below the limit of Kestrel, which counts a closed connection until its teardown is complete.</summary>
    private const int BeingClosed = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AddressShare> _shares = [];
    private readonly HashSet<ClientConnection> _all = [];
    private readonly LinkedList<ClientConnection> _strangers = [];
    private long _most = long.MaxValue;

    /// <summary>Sets the limit of Kestrel; null for no limit. Kestrel closes connections above it before they get here.</summary>
    public void LimitTo(long? most) => _most = most is { } limit ? limit - Math.Min(BeingClosed, limit / 10) : long.MaxValue;

    /// <summary>Counts a connection and serves it until it ends.</summary>
    public async Task ServeAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = Add(context);
        context.Features.Set(connection);
        try
        {
            await TakeTurnAsync(connection);
            await next(context);
        }
        finally
        {
            Remove(connection);
            if (!connection.HadCall && !connection.IsFromProxy)
            {
                pace.NoteAnonymous(connection.Share.Address);
            }
        }
    }

    /// <summary>
    /// Marks a connection as authenticated if its address has a place. A marked connection is not closed in favor of a new one.
    /// </summary>
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

    /// <summary>Closes all connections.</summary>
    public void AbortAll(string reason)
    {
        List<ClientConnection> all;
        lock (_lock)
        {
            all = [.. _all];
        }

        all.ForEach(connection => connection.Abort(reason));
    }

    /// <summary>Delays the connection if its address has sent too many anonymous calls.</summary>
    private async Task TakeTurnAsync(ClientConnection connection)
    {
        switch (connection.IsFromProxy ? TimeSpan.Zero : pace.NoteConnection(connection.Share.Address))
        {
            case null:
                connection.Abort("Too many connections of this address wait.");
                break;
            case { Ticks: > 0 } wait:
                await Task.Delay(wait, time, connection.Closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }
    }

    private ClientConnection Add(ConnectionContext context)
    {
        var address = (context.RemoteEndPoint as IPEndPoint)?.Address;
        var isFromProxy = IsProxy(address);
        ClientConnection connection;
        ClientConnection? oldest;
        lock (_lock)
        {
            var share = ShareOf(address, isFromProxy);
            connection = new ClientConnection(this, context, share) { IsFromProxy = isFromProxy };
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

    private AddressShare ShareOf(IPAddress? address, bool isProxy)
    {
        var key = ClientAddress.KeyOf(address);
        if (!_shares.TryGetValue(key, out var share))
        {
            var isLimited = limits.Value.ConnectionsPerAddress > 0 && !isProxy;
            _shares[key] = share = new AddressShare(key, isLimited ? limits.Value.ConnectionsPerAddress : null);
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

    /// <summary>Removes a connection from those without an authenticated caller; false if it was not among them.</summary>
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

    /// <summary>
    /// Whether the address is a known proxy, or there is no address, as on a Unix socket. A proxy has the connections of all its clients.
    /// </summary>
    private bool IsProxy(IPAddress? address)
    {
        var mapped = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return mapped is null || forwarded.Value.KnownIPNetworks.Any(network => network.Contains(mapped));
    }
}
