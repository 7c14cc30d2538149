using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;

namespace ForeignGrpc.Server.Settings;

/// <summary>Settings of section `Proxies`.</summary>
internal sealed class ProxySettings : IValidatableObject
{
    public const string Section = "Proxies";

    /// <summary>
    /// The proxies in front of the server, as IP addresses or networks, such as `10.1.2.3`, `10.0.0.0/8` or `fd00::/8`. The server trusts
    /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix` only from these. Default: none, the headers are
    /// ignored.
    /// </summary>
    public string[] Known { get; set; } = [];

    /// <summary>The known proxies as networks; a single address is a network with one address.</summary>
    /// <exception cref="FormatException">The settings have not been validated.</exception>
    public IEnumerable<IPNetwork> Networks() => Known.Select(text => Parse(text) ?? throw new FormatException($"'{text}' is no network."));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Known
        .Where(text => Parse(text) is null)
        .Select(text => new ValidationResult(
            $"'{text}' is neither an IP address, such as '10.1.2.3', nor a network (first address and prefix length), such as "
                + "'10.0.0.0/8'.",
            [nameof(Known)]));

    /// <summary>
    /// The network of an address or a network; null if the text is neither. Short and octal spellings of IPv4 addresses, such as `10.1` and
    /// `010.0.0.1`, are not addresses.
    /// </summary>
    private static IPNetwork? Parse(string text)
    {
        var address = text.Split('/')[0];
        if (!IPAddress.TryParse(address, out var single)
            || (single.AddressFamily == AddressFamily.InterNetwork && single.ToString() != address))
        {
            return null;
        }

        if (address.Length < text.Length)
        {
            return IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(single) ? network : null;
        }

        single = single.IsIPv4MappedToIPv6 ? single.MapToIPv4() : single;
        return new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
