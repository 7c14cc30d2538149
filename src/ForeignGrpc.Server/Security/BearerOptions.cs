namespace ForeignGrpc.Server.Security;

/// <summary>Settings of section `Auth:Bearer`: which JSON Web Tokens are valid, and how claims map to names and roles.</summary>
internal sealed class BearerOptions
{
    /// <summary>The URL of the issuer, which publishes its keys there (OpenID Connect discovery).</summary>
    public string Authority { get; set; } = "";

    /// <summary>The path of a file with a JSON Web Key Set, instead of an authority.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The value that tokens must have in `iss`. Default: the issuer of the authority. Required with a key file.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The value that tokens must have in `aud`. Required.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim with the full name, for `CreatedBy` and `UpdatedBy`. Default `name`. Tokens without it use `sub`.</summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>
    /// The claim whose values <see cref="Roles"/> maps: a list, or a text of words separated by spaces. A name with dots leads into nested
    /// objects: `realm_access.roles`. Default `roles`.
    /// </summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>
    /// The role of each value of the role claim: `Auth:Bearer:Roles:integrations=Writer`. The highest role counts. A caller without a role
    /// may call nothing that requires one.
    /// </summary>
    public Dictionary<string, Store.Model.UserRole> Roles { get; set; } = [];

    public bool IsEnabled => Authority.Length > 0 || KeyFile.Length > 0;
}
