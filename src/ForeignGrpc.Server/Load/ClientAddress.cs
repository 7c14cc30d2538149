using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace ForeignGrpc.Server.Load;

/// <summary>What counts as one address wherever the server counts what comes from an address.</summary>
internal static class ClientAddress
{
    private const int NetworkBits = 64;

    /// <summary>The address that a call comes from; null when it is not known.</summary>
    public static IPAddress? Of(ServerCallContext call) => call.GetHttpContext().Connection.RemoteIpAddress;

    /// <summary>
    /// The key of an address: an IPv4 address itself, also where it comes mapped into IPv6, and of other IPv6 addresses the first 64 bits,
    /// because one subscriber has all addresses of such a network. Blank when the address is not known.
    /// </summary>
    public static string KeyOf(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return address?.ToString() ?? "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt64BigEndian(bytes):x16}/{NetworkBits}");
    }
}
