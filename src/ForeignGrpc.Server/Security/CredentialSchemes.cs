using ForeignGrpc.Server.Calls;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>The enabled authentication schemes, the same for REST and gRPC.</summary>
internal sealed class CredentialSchemes
{
    /// <summary>The schemes, and whether they are enabled for credentials of this server and of the upstream server.</summary>
    private readonly (string Name, string Challenge, ICredentialScheme Scheme, bool ForOwn, bool ForUpstream)[] _ofHeader;
    private readonly SessionScheme? _session;
    private readonly IUpstreamAuthority _upstream;

    public CredentialSchemes(
        BasicScheme basic,
        TicketScheme tickets,
        BearerScheme bearer,
        SessionScheme session,
        IUpstreamAuthority upstream,
        IOptions<AuthOptions> options)
    {
        _ofHeader =
        [
            (BasicScheme.Name, ", charset=\"UTF-8\"", basic, options.Value.Basic, options.Value.Basic),
            (TicketScheme.Name, "", tickets, options.Value.SoTicket, options.Value.SoTicket),
            (BearerScheme.Name, "", bearer, options.Value.Bearer.IsEnabled, true),
        ];
        (_session, _upstream) = (options.Value.Session ? session : null, upstream);
        Challenges =
        [
            .. _ofHeader.Where(scheme => scheme.ForOwn || (scheme.ForUpstream && upstream.Authenticates))
                .Select(scheme => $"{scheme.Name} realm=\"ForeignGrpc\"{scheme.Challenge}"),
        ];
    }

    /// <summary>The values of the header WWW-Authenticate.</summary>
    public string[] Challenges { get; }

    /// <summary>Authenticates a request. The upstream server judges credentials that are not for this server.</summary>
    /// <returns>
    /// The caller, null without a valid credential of an enabled scheme; and whether the credential is an invalid one for this server,
    /// which the upstream server may not see.
    /// </returns>
    public async ValueTask<(Caller? Caller, bool IsWrong)> FindCallerAsync(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return (_session is null ? null : await _session.FindCallerAsync(request), false);
        }

        foreach (var (name, _, scheme, forOwn, forUpstream) in _ofHeader)
        {
            if (header.StartsWith(name, StringComparison.OrdinalIgnoreCase) && header.AsSpan(name.Length) is [] or [' ', ..])
            {
                var credential = header[name.Length..].Trim(' ');
                if (_upstream.IsOn && !await scheme.IsOwnAsync(credential))
                {
                    return (forUpstream ? await _upstream.FindCallerAsync(request, scheme.AccountOf(credential)) : null, false);
                }

                var caller = forOwn ? await scheme.FindCallerAsync(request, credential) : null;
                return (caller, caller is null);
            }
        }

        return (null, false);
    }
}
