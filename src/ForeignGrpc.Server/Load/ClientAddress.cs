using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace ForeignGrpc.Server.Load;

/// <summary>Addresses of clients, as limits count them.</summary>
internal static class ClientAddress
{
    private const int NetworkBits = 64;

    /// <summary>The address of the client of a call; null if it is unknown.</summary>
    public static IPAddress? Of(ServerCallContext call) => call.GetHttpContext().Connection.RemoteIpAddress;

    /// <summary>
    /// The key by which limits count an address. For an IPv4 address, also one mapped into IPv6, the address itself. For another IPv6
    /// address the first 64 bits, because one subscriber has all addresses of such a network. Blank if the address is unknown.
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
