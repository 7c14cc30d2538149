using System.Security.Claims;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Settings;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// `Authorization: Bearer`: signed JSON Web Tokens of the issuer in the settings. Valid tokens are cached by their digest, for
/// <see cref="Lease.Duration"/>.
/// </summary>
internal sealed class BearerScheme(IOptions<AuthOptions> options, UserCache users) : ICredentialScheme
{
    public const string Name = "Bearer";

    /// <summary>The longest token, in characters.</summary>
    private const int Longest = 16 * 1024;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly BearerOptions _settings = options.Value.Bearer;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = Longest };
    private readonly TokenValidationParameters _parameters = ParametersOf(options.Value.Bearer);
    private readonly BoundedCache<Digest, Caller> _callers = Lease.NewCache<Digest, Caller>();

    public ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential) => credential.Length <= Longest
        ? FindCallerAsync(Digest.Of(Encoding.UTF8.GetBytes(credential)), credential)
        : default;

    /// <summary>Whether the credential is a token for the audience in the settings, or too long to tell.</summary>
    public ValueTask<bool> IsOwnAsync(string credential) => new(
        _settings.IsEnabled && (credential.Length > Longest || BearerRules.IsFor(_settings.Audience, _tokens, credential)));

    /// <exception cref="OperatorException">The key file cannot be read, or the authority is not an https URL.</exception>
    private static TokenValidationParameters ParametersOf(BearerOptions settings)
    {
        var parameters = new TokenValidationParameters
        {
            ValidAudience = settings.Audience,
            ValidIssuer = settings.Issuer.Length > 0 ? settings.Issuer : null,
            ClockSkew = ClockSkew,
            AlgorithmValidator = (algorithm, key, _, _) => BearerRules.Fits(algorithm, key),
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

    /// <summary>
    /// Reads the discovery document of the authority: with the first token, and again when a token has an unknown key.
    /// </summary>
    private static ConfigurationManager<OpenIdConnectConfiguration> DiscoveryOf(string authority)
    {
        if (!Uri.TryCreate(authority, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            throw new OperatorException($"Auth:Bearer:Authority is '{authority}'. It must be an https address.");
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
                .Where(key => JsonWebKeyConverter.TryConvertToSecurityKey(key, out _))
                .ToList<SecurityKey>();
            return keys.Count > 0
                ? keys
                : throw new OperatorException($"Auth:Bearer:KeyFile '{path}' has no keys to verify signatures with.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OperatorException($"Auth:Bearer:KeyFile '{path}' is not a valid JSON Web Key Set: {e.Message}");
        }
    }

    private ValueTask<Caller?> FindCallerAsync(Digest digest, string credential) =>
        _callers.GetOrReadAsync(digest, _ => ValidateAsync(digest, credential));

    private async ValueTask<Caller?> ValidateAsync(Digest digest, string credential)
    {
        if (BearerRules.Read(_tokens, credential) is not { } token)
        {
            return null;
        }

        var result = await _tokens.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid || token.Subject is not { Length: > 0 } subject || await users.IsShutOutAsync(subject))
        {
            return null;
        }

        var name = result.ClaimsIdentity.FindFirst(_settings.NameClaim)?.Value ?? subject;
        return name.Length <= UserRules.LongestFullName
            ? new Caller(
                Caller.IdentityOf(token.Issuer, subject), name, RoleOf(result.ClaimsIdentity), () => FindCallerAsync(digest, credential))
            : null;
    }

    private UserRole? RoleOf(ClaimsIdentity token) => BearerRules.Values(token, _settings.RoleClaim)
        .Select(value => _settings.Roles.TryGetValue(value, out var role) ? (UserRole?)role : null)
        .Max();
}
