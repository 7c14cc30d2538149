using ForeignGrpc.Server.Settings;

namespace ForeignGrpc.Server.Hosting;

/// <summary>
/// The setting `AllowedHosts`: the host names under which clients reach the server, separated by `;`. `*.example.com` means every subdomain
/// of `example.com`. Default `*`: any name. Links in responses use the name in the header `Host`.
/// </summary>
internal sealed class AllowedHosts
{
    public const string Setting = "AllowedHosts";

    private const string Any = "*";

    private readonly string[] _names;

    /// <exception cref="OperatorException">The setting has a text that is not a host name.</exception>
    public AllowedHosts(IConfiguration configuration)
    {
        _names = (configuration[Setting] ?? Any).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(_names, name => !IsHostOrAny(name)) is { } wrong)
        {
            throw new OperatorException(
                $"{Setting} has '{wrong}'. It takes host names without scheme, port and path, separated by ';', "
                + "such as 'keys.example.com;*.example.org'.");
        }
    }

    /// <summary>Whether requests for this host are allowed. A request without a host is allowed only if any host is.</summary>
    public bool Allow(HostString host) => _names.Length == 0 || _names.Contains(Any)
        || (host.HasValue && HostString.MatchesAny(
            host.Host, [.. _names.Select(name => new Microsoft.Extensions.Primitives.StringSegment(name))]));

    private static bool IsHostOrAny(string name) =>
        name == Any || Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) != UriHostNameType.Unknown;
}
