using System.ComponentModel.DataAnnotations;

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
