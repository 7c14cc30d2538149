using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ForeignGrpc.Server.Security;

/// <summary>The rules for tokens other than signature, issuer, audience and times.</summary>
internal static class BearerRules
{
    private const string MediaType = "application/";

    /// <summary>
    /// Parses a token without checking its signature. Null if the token is malformed, has another type than `JWT` or `at+jwt`, or has the
    /// header `crit`: this header names extensions that a server must support, and this server supports none.
    /// </summary>
    public static JsonWebToken? Read(JsonWebTokenHandler tokens, string text)
    {
        try
        {
            return tokens.CanReadToken(text)
                && tokens.ReadJsonWebToken(text) is var token
                && IsOfKnownType(token.Typ)
                && !token.TryGetHeaderValue<object>("crit", out _)
                ? token
                : null;
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a text is a token for an audience, valid or not.</summary>
    public static bool IsFor(string audience, JsonWebTokenHandler tokens, string text)
    {
        try
        {
            return tokens.CanReadToken(text) && tokens.ReadJsonWebToken(text).Audiences.Any(
                given => given.TrimEnd('/').Equals(audience.TrimEnd('/'), StringComparison.Ordinal));
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether the key allows the signature algorithm, by its type and, if it names an algorithm, by that.</summary>
    public static bool Fits(string algorithm, SecurityKey key)
    {
        var (kind, only) = key is JsonWebKey json ? (json.Kty, json.Alg) : (KindOf(key), null);
        return (string.IsNullOrEmpty(only) || only == algorithm) && kind switch
        {
            JsonWebAlgorithmsKeyTypes.RSA => algorithm is "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512",
            JsonWebAlgorithmsKeyTypes.EllipticCurve => algorithm is "ES256" or "ES384" or "ES512",
            JsonWebAlgorithmsKeyTypes.Octet => algorithm is "HS256" or "HS384" or "HS512",
            _ => false,
        };
    }

    /// <summary>
    /// The values of a claim: the items of a list, and the words of a text such as `scope`. A name with dots also leads into nested
    /// objects: `realm_access.roles`.
    /// </summary>
    public static IEnumerable<string> Values(ClaimsIdentity token, string claim)
    {
        var values = token.FindAll(claim).Select(found => found.Value).ToList();
        if (values.Count == 0
            && claim.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && token.FindFirst(claim[..dot]) is { } outer)
        {
            values = Within(outer.Value, claim[(dot + 1)..].Split('.'));
        }

        return values.SelectMany(value => value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(value));
    }

    private static List<string> Within(string json, string[] path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var element = document.RootElement;
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                {
                    return [];
                }
            }

            return element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(Text)] : [Text(element)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : "";

    private static bool IsOfKnownType(string? type)
    {
        var name = type is not null && type.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) ? type[MediaType.Length..] : type;
        return string.IsNullOrEmpty(name) || name.Equals("JWT", StringComparison.OrdinalIgnoreCase) || name.Equals(
            "at+jwt", StringComparison.OrdinalIgnoreCase);
    }

    private static string KindOf(SecurityKey key) => key switch
    {
        RsaSecurityKey => JsonWebAlgorithmsKeyTypes.RSA,
        ECDsaSecurityKey => JsonWebAlgorithmsKeyTypes.EllipticCurve,
        X509SecurityKey { PublicKey: System.Security.Cryptography.RSA } => JsonWebAlgorithmsKeyTypes.RSA,
        X509SecurityKey { PublicKey: System.Security.Cryptography.ECDsa } => JsonWebAlgorithmsKeyTypes.EllipticCurve,
        SymmetricSecurityKey => JsonWebAlgorithmsKeyTypes.Octet,
        _ => "",
    };
}
