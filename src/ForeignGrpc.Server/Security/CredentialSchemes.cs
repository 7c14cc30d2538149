using ForeignGrpc.Server.Calls;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>The enabled authentication schemes, the same for REST and gRPC.</summary>
internal sealed class CredentialSchemes
{
    private readonly List<(string Name, string Challenge, ICredentialScheme Scheme)> _ofHeader = [];
    private readonly SessionScheme? _session;

    public CredentialSchemes(IOptions<AuthOptions> options, IServiceProvider services)
    {
        if (options.Value.Basic)
        {
            _ofHeader.Add((BasicScheme.Name, ", charset=\"UTF-8\"", services.GetRequiredService<BasicScheme>()));
        }

        if (options.Value.SoTicket)
        {
            _ofHeader.Add((TicketScheme.Name, "", services.GetRequiredService<TicketScheme>()));
        }

        if (options.Value.Bearer.IsEnabled)
        {
            _ofHeader.Add((BearerScheme.Name, "", services.GetRequiredService<BearerScheme>()));
        }

        _session = options.Value.Session ? services.GetRequiredService<SessionScheme>() : null;
        Challenges = [.. _ofHeader.Select(scheme => $"{scheme.Name} realm=\"ForeignGrpc\"{scheme.Challenge}")];
    }

    /// <summary>The values of the header WWW-Authenticate.</summary>
    public string[] Challenges { get; }

    /// <summary>Authenticates a request. Null if it has no valid credential of an enabled scheme.</summary>
    public ValueTask<Caller?> FindCallerAsync(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return _session?.FindCallerAsync(request) ?? default;
        }

        foreach (var (name, _, scheme) in _ofHeader)
        {
            if (header.StartsWith(name, StringComparison.OrdinalIgnoreCase) && header.AsSpan(name.Length) is [] or [' ', ..])
            {
                return scheme.FindCallerAsync(request, header[name.Length..].Trim(' '));
            }
        }

        return default;
    }
}
