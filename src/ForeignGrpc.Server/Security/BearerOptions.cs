namespace ForeignGrpc.Server.Security;

/// <summary>Settings of section `Auth:Bearer`: which JSON Web Tokens are taken, and who their bearers are here.</summary>
internal sealed class BearerOptions
{
    /// <summary>The issuer's address, where it publishes its keys (OpenID Connect discovery).</summary>
    public string Authority { get; set; } = "";

    /// <summary>A file with a JSON Web Key Set, in place of an authority.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>What tokens must have as `iss`. Default: the authority's. With a key file it must be set.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What tokens must have in `aud`.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that tells who it is: `CreatedBy` and `UpdatedBy` show it. Default `name`; where it is missing, `sub`.</summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>The claim whose values <see cref="Roles"/> maps: a list, a text of several words, or, by a name with dots, what is within
    /// objects, such as `realm_access.roles`. Default `roles`.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The role that each value of the role claim gives: `Auth:Bearer:Roles:integrations=Writer`. The highest counts; without
    /// any, nothing is allowed.</summary>
    public Dictionary<string, Store.Model.UserRole> Roles { get; set; } = [];

    public bool IsEnabled => Authority.Length > 0 || KeyFile.Length > 0;
}
