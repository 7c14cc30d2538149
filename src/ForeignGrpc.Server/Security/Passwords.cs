using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Hashes and checks passwords: PBKDF2 with HMAC-SHA512, a salt for each, compared in constant time.</summary>
internal sealed class Passwords
{
    /// <summary>OWASP's figure for PBKDF2-HMAC-SHA512, Password Storage Cheat Sheet.</summary>
    private const int Iterations = 210_000;

    private readonly PasswordHasher<User> _hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    private readonly Lazy<string> _hashOfNobody;

    public Passwords() => _hashOfNobody = new Lazy<string>(() => Hash(Guid.NewGuid().ToString()));

    public string Hash(string password) => _hasher.HashPassword(null!, password);

    /// <summary>
    /// Whether the password is the user's. Takes as long when there is no such user, so that time tells nobody who exists.
    /// </summary>
    public bool Verify(User? user, string password) =>
        _hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? _hashOfNobody.Value, password) != PasswordVerificationResult.Failed
        && user is not null;
}
