using System.Net;
using ForeignGrpc.Server.Load;

namespace ForeignGrpc.Server.Tests;

/// <summary>Which addresses count as one.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::2%2", true)]
    [InlineData("::1", "127.0.0.1", false)]
    public void AddressesThatOneSubscriberHas_CountAsOne(string one, string other, bool same) =>
        Assert.Equal(same, ClientAddress.KeyOf(IPAddress.Parse(one)) == ClientAddress.KeyOf(IPAddress.Parse(other)));

    [Fact]
    public void UnknownAddress_IsBlank() => Assert.Equal("", ClientAddress.KeyOf(null));
}
