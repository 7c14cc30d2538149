using System.Security.Claims;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: Bearer`: signed JSON Web Tokens of the issuer that the settings name.</summary>
internal sealed class BearerScheme(IOptions<AuthOptions> options, KnownUsers users) : ICredentialScheme
{
    public const string Name = "Bearer";

    private const string SubjectClaim = "sub";

    private readonly BearerOptions _settings = options.Value.Bearer;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters = ParametersOf(options.Value.Bearer);

    public async ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential)
    {
        var token = await _tokens.ValidateTokenAsync(credential, _parameters);
        return token.IsValid && CallerOf(token.ClaimsIdentity) is { } caller && !await users.IsShutOutAsync(caller.UserName) ? caller : null;
    }

    /// <exception cref="StartupException">The keys cannot be read, or the authority's address is none.</exception>
    private static TokenValidationParameters ParametersOf(BearerOptions settings)
    {
        var parameters = new TokenValidationParameters
        {
            ValidAudience = settings.Audience,
            ValidateIssuer = settings.Issuer.Length > 0 || settings.Authority.Length > 0,
            ValidIssuer = settings.Issuer.Length > 0 ? settings.Issuer : null,
        };
        if (settings.KeyFile.Length > 0)
        {
            parameters.IssuerSigningKeys = ReadKeys(settings.KeyFile);
        }

        if (settings.Authority.Length > 0)
        {
            parameters.ConfigurationManager = DiscoveryOf(settings.Authority);
        }

        return parameters;
    }

    /// <summary>What the authority publishes: read when the first token comes, and again when a token has a key that is not known.</summary>
    private static ConfigurationManager<OpenIdConnectConfiguration> DiscoveryOf(string authority)
    {
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            throw new StartupException($"Auth:Bearer:Authority is '{authority}'. It must be an https address.");
        }

        return new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = !address.IsLoopback });
    }

    private static List<SecurityKey> ReadKeys(string path)
    {
        try
        {
            var keys = new JsonWebKeySet(File.ReadAllText(path)).Keys
                .Where(key => key.Use is null or "" or JsonWebKeyUseNames.Sig)
                .Select(key => JsonWebKeyConverter.TryConvertToSecurityKey(key, out var converted) ? converted : null)
                .OfType<SecurityKey>()
                .ToList();
            return keys.Count > 0 ? keys : throw new StartupException($"Auth:Bearer:KeyFile '{path}' has no keys to verify signatures with.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartupException($"Auth:Bearer:KeyFile '{path}' is no JSON Web Key Set that can be read: {e.Message}");
        }
    }

    /// <summary>Whom the token is for; null when it does not tell, or by a longer name than users have.</summary>
    private Caller? CallerOf(ClaimsIdentity token)
    {
        var subject = token.FindFirst(SubjectClaim)?.Value ?? "";
        var name = token.FindFirst(_settings.NameClaim)?.Value ?? subject;
        return subject.Length > 0 && name.Length <= UserRules.LongestFullName ? new Caller(subject, name, RoleOf(token)) : null;
    }

    private UserRole? RoleOf(ClaimsIdentity token) => token.FindAll(_settings.RoleClaim)
        .Select(claim => _settings.Roles.TryGetValue(claim.Value, out var role) ? (UserRole?)role : null)
        .Max();
}
