using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Security;

/// <summary>Settings of section `Auth`.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>Whether names and passwords are taken with every call. Default true.</summary>
    public bool Basic { get; set; } = true;

    /// <summary>Whether tickets are issued and taken. Default true.</summary>
    public bool SoTicket { get; set; } = true;

    /// <summary>Whether browsers can log in. Default true.</summary>
    public bool Session { get; set; } = true;

    /// <summary>Tokens of an identity provider; none are taken unless it says who issues them.</summary>
    public BearerOptions Bearer { get; set; } = new();

    /// <summary>How long a ticket or session is valid after its last use, in minutes. Default 360, as documented.</summary>
    [Range(1, 525_600)]
    public int TicketMinutes { get; set; } = 360;

    /// <summary>How many tickets and sessions together a user may have; of more, the least recently used end. Default 100.</summary>
    [Range(1, 10_000)]
    public int TicketsPerUser { get; set; } = 100;

    /// <summary>
    /// How long after its last use a password that was right is taken without computing its slow hash again, in seconds; 0 to 3,600.
    /// Default 60.
    /// </summary>
    [Range(0, 3600)]
    public int RememberSeconds { get; set; } = 60;

    /// <summary>How many logins of a user may have a wrong password in a minute; the next login is 429. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerUser { get; set; } = 10;

    /// <summary>How many logins from an address may. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerAddress { get; set; } = 100;

    /// <summary>Whether calls with a ticket need an application token in `SO-AppToken`. Default false.</summary>
    public bool RequireAppToken { get; set; }

    /// <summary>The application tokens that are taken.</summary>
    public string[] AppTokens { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RequireAppToken && AppTokens.Length == 0)
        {
            yield return new ValidationResult("It requires at least one token in Auth:AppTokens.", [nameof(RequireAppToken)]);
        }

        if (Bearer.IsEnabled && Bearer.Audience.Length == 0)
        {
            yield return new ValidationResult(
                "Auth:Bearer:Audience must be the name of this service in the `aud` of tokens.", [nameof(Bearer)]);
        }

        if (Bearer.KeyFile.Length > 0 && Bearer.Issuer.Length == 0)
        {
            yield return new ValidationResult(
                "With Auth:Bearer:KeyFile, Auth:Bearer:Issuer must be the `iss` of the accepted tokens.",
                [nameof(Bearer)]);
        }
    }
}
