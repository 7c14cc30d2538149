using System.ComponentModel.DataAnnotations;

namespace ForeignGrpc.Server.Security;

/// <summary>Settings of section `Auth`.</summary>
internal sealed class AuthOptions : IValidatableObject
{
    public const string Section = "Auth";

    /// <summary>Whether calls may authenticate with name and password (Basic). Default true.</summary>
    public bool Basic { get; set; } = true;

    /// <summary>Whether the server issues and accepts tickets. Default true.</summary>
    public bool SoTicket { get; set; } = true;

    /// <summary>Whether browsers can log in. Default true.</summary>
    public bool Session { get; set; } = true;

    /// <summary>Tokens of an identity provider. Accepted only if an issuer is set.</summary>
    public BearerOptions Bearer { get; set; } = new();

    /// <summary>The time after which an unused ticket or session expires, in minutes. Default 360, as documented.</summary>
    [Range(1, 525_600)]
    public int TicketMinutes { get; set; } = 360;

    /// <summary>The most tickets and sessions of a user; one more ends the least recently used. Default 100.</summary>
    [Range(1, 10_000)]
    public int TicketsPerUser { get; set; } = 100;

    /// <summary>
    /// How long a correct password is cached after its last use, in seconds, so that its slow hash is not computed again; 0 to 3,600, 0 for
    /// no cache. Default 60.
    /// </summary>
    [Range(0, 3600)]
    public int RememberSeconds { get; set; } = 60;

    /// <summary>The most wrong passwords for a user in a minute; further logins are 429. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerUser { get; set; } = 10;

    /// <summary>The most wrong passwords from an address in a minute; further logins are 429. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerAddress { get; set; } = 100;

    /// <summary>Whether calls with a ticket need an application token in `SO-AppToken`. Default false.</summary>
    public bool RequireAppToken { get; set; }

    /// <summary>The valid application tokens.</summary>
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
