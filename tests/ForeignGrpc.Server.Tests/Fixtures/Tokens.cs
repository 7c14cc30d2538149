using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ForeignGrpc.Server.Tests;

/// <summary>An identity provider: its key set in a file, and tokens that it, or someone else, signs.</summary>
internal sealed class Tokens : IDisposable
{
    public const string Audience = "foreigngrpc";
    public const string Issuer = "https://id.example.com";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _othersKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _file = Path.GetTempFileName();

    public Tokens()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        KeySet = new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["use"] = "sig",
                ["x"] = Base64UrlEncoder.Encode(key.Q.X),
                ["y"] = Base64UrlEncoder.Encode(key.Q.Y),
            }),
        }.ToJsonString();
        File.WriteAllText(_file, KeySet);
    }

    /// <summary>Its JSON Web Key Set.</summary>
    public string KeySet { get; }

    /// <summary>The settings of a server that trusts it.</summary>
    public string[] Settings =>
    [
        $"--Auth:Bearer:KeyFile={_file}", $"--Auth:Bearer:Audience={Audience}", $"--Auth:Bearer:Issuer={Issuer}",
        "--Auth:Bearer:Roles:key readers=Reader", "--Auth:Bearer:Roles:key writers=Writer", "--Auth:Bearer:Roles:key admins=Admin",
    ];

    /// <summary>A signed token.</summary>
    public string Sign(
        string? subject = "robot", string role = "key writers", string audience = Audience, string issuer = Issuer, int minutes = 5,
        bool byAnother = false, string name = "The Robot",
        TimeSpan? expiresIn = null, string? type = null, Dictionary<string, object>? header = null,
        Dictionary<string, object>? claims = null)
    {
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            Issuer = issuer,
            IssuedAt = now.AddHours(-1),
            NotBefore = now.AddHours(-1),
            Expires = now + (expiresIn ?? TimeSpan.FromMinutes(minutes)),
            TokenType = type,
            AdditionalHeaderClaims = header,
            Claims = claims,
            Subject = new ClaimsIdentity(
            [
                .. subject is null ? Array.Empty<Claim>() : [new Claim("sub", subject)], new Claim("name", name), new Claim("roles", role),
            ]),
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(byAnother ? _othersKey : _key), SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>A token that says it needs no signature.</summary>
    public string Unsigned()
    {
        var payload = Sign().Split('.')[1];
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{payload}.";
    }

    /// <summary>A token signed with the public key as if it were a shared secret.</summary>
    public string SignedByPublicKey()
    {
        var parts = Sign().Split('.');
        var text = $"{Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT"}""")}.{parts[1]}";
        var secret = _key.ExportSubjectPublicKeyInfo();
        return $"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, System.Text.Encoding.ASCII.GetBytes(text)))}";
    }

    public void Dispose()
    {
        _key.Dispose();
        _othersKey.Dispose();
        File.Delete(_file);
    }
}
