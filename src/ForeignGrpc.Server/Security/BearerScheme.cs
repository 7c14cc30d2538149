using System.Security.Claims;
using ForeignGrpc.Server.Hosting;
using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: Bearer`: signed JSON Web Tokens of the issuer that the settings name.</summary>
internal sealed class BearerScheme(IOptions<AuthOptions> options) : IConfigureNamedOptions<JwtBearerOptions>
{
    public const string SchemeName = JwtBearerDefaults.AuthenticationScheme;

    private const string SubjectClaim = "sub";

    private readonly BearerOptions _settings = options.Value.Bearer;

    public void Configure(JwtBearerOptions options) => Configure(SchemeName, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.Authority = _settings.Authority.Length > 0 ? _settings.Authority : null;
        options.RequireHttpsMetadata = !Uri.TryCreate(_settings.Authority, UriKind.Absolute, out var authority) || !authority.IsLoopback;
        options.TokenValidationParameters.ValidAudience = _settings.Audience;
        options.TokenValidationParameters.ValidateIssuer = _settings.Issuer.Length > 0 || _settings.Authority.Length > 0;
        if (_settings.Issuer.Length > 0)
        {
            options.TokenValidationParameters.ValidIssuer = _settings.Issuer;
        }

        if (_settings.KeyFile.Length > 0)
        {
            options.TokenValidationParameters.IssuerSigningKeys = ReadKeys(_settings.KeyFile);
        }

        options.Events = new JwtBearerEvents { OnTokenValidated = AdmitAsync };
    }

    /// <exception cref="StartupException">The file is not there, or has no keys.</exception>
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

    /// <summary>Makes the token's bearer a caller, unless the service has shut out the user of that name.</summary>
    private async Task AdmitAsync(TokenValidatedContext context)
    {
        var token = context.Principal!;
        var subject = token.FindFirstValue(SubjectClaim);
        if (string.IsNullOrEmpty(subject))
        {
            context.Fail("The token does not tell whom it is for (claim sub).");
            return;
        }

        if (await context.HttpContext.RequestServices.GetRequiredService<KnownUsers>().IsShutOutAsync(subject))
        {
            context.Fail("The user is disabled.");
            return;
        }

        var name = token.FindFirstValue(_settings.NameClaim) ?? subject;
        context.Principal = new ClaimsPrincipal(new Caller(subject, name, RoleOf(token), SchemeName));
    }

    private UserRole? RoleOf(ClaimsPrincipal token) => token.FindAll(_settings.RoleClaim)
        .Select(claim => _settings.Roles.TryGetValue(claim.Value, out var role) ? (UserRole?)role : null)
        .Max();
}
