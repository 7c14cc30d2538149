using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Security;

/// <summary>`Authorization: Basic` (RFC 7617), for REST and gRPC. gRPC metadata are HTTP headers.</summary>
internal sealed class BasicScheme(PasswordVerifier passwords, UserCache users) : ICredentialScheme
{
    public const string Name = "Basic";

    /// <summary>
    /// The longest credential, in characters: base64 of the longest name, a colon and the longest password. A UTF-16 unit of the name takes
    /// up to three bytes in UTF-8.
    /// </summary>
    private const int Longest = (((3 * UserRules.LongestName) + 1 + UserRules.LongestPassword + 2) / 3) * 4;

    public async ValueTask<Caller?> FindCallerAsync(HttpRequest request, string credential) =>
        Decode(credential) is var (name, password)
            && await passwords.FindAsync(name, password, request.HttpContext.Connection.RemoteIpAddress) is { } user
            ? CallerOf(user)
            : null;

    /// <summary>
    /// Whether a user of this server has the name, enabled or not: then the password may be the user's. A credential without a readable
    /// name counts as own.
    /// </summary>
    public async ValueTask<bool> IsOwnAsync(string credential) => AccountOf(credential) is not { } name || await users.HasAsync(name);

    public string? AccountOf(string credential) => Decode(credential) is var (name, _) ? name : null;

    private static (string Name, string Password)? Decode(string credential)
    {
        if (credential.Length > Longest)
        {
            return null;
        }

        try
        {
            var text = StrictUtf8.Encoding.GetString(Convert.FromBase64String(credential));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    private Caller CallerOf(User user) => new(user, ticket: null, () => AgainAsync(user));

    private async ValueTask<Caller?> AgainAsync(User before) =>
        await users.FindAsync(before.Name) is { } user && user.PasswordHash == before.PasswordHash ? CallerOf(user) : null;
}
