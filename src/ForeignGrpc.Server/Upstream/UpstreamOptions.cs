using System.ComponentModel.DataAnnotations;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Upstream;

/// <summary>Settings of section `Upstream`: the server that answers the requests for which this server has no operation.</summary>
internal sealed class UpstreamOptions : IValidatableObject
{
    public const string Section = "Upstream";

    /// <summary>
    /// The address to which requests are forwarded, such as `https://online3.superoffice.com/Cust12345`: http or https, without a query, a
    /// fragment and a credential. Default: none, and nothing is forwarded.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>Whether to forward the requests of authenticated callers only. Default false.</summary>
    public bool RequireKnownCaller { get; set; }

    /// <summary>
    /// Whether callers may call this server with credentials of the upstream server: a SoTicket, Bearer or Basic credential that is not
    /// for this server is checked there. Default true.
    /// </summary>
    public bool Authenticate { get; set; } = true;

    /// <summary>The role of callers with a credential of the upstream server; blank for none. Default Writer.</summary>
    public UserRole? Role { get; set; } = UserRole.Writer;

    /// <summary>
    /// The role of such callers by the name of their role at the upstream server: `Upstream:Roles:NAME=Reader`. <see cref="Role"/> is for
    /// all other names. Names compare without case.
    /// </summary>
    public Dictionary<string, UserRole> Roles { get; set; } = [];

    /// <summary>How long the answer of the upstream server for a credential holds, in seconds. Default 60.</summary>
    [Range(1, 3_600)]
    public int RememberSeconds { get; set; } = 60;

    /// <summary>How long the check of a credential may take, in seconds. Default 10.</summary>
    [Range(1, 300)]
    public int AuthenticateSeconds { get; set; } = 10;

    /// <summary>The time limit for a connection to the upstream server, in seconds. Default 5.</summary>
    [Range(1, 300)]
    public int ConnectSeconds { get; set; } = 5;

    /// <summary>
    /// How long the upstream server, or a client, may neither send nor receive a byte of a forwarded call, in seconds. Default 100.
    /// </summary>
    [Range(1, 86_400)]
    public int ActivitySeconds { get; set; } = 100;

    public bool IsOn => Url.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsOn && !IsAddress(Url))
        {
            yield return new ValidationResult(
                "It must be an http or https address without a query, a fragment, a name and a password, such as "
                + "'https://online3.superoffice.com/Cust12345'.",
                [nameof(Url)]);
        }
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address.Scheme is "http" or "https"
        && address is { Query: "", Fragment: "", UserInfo: "" }
        && text.AsSpan().IndexOfAny("?#@\\") < 0
        && text.Trim() == text;
}
