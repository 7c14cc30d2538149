using ForeignGrpc.Store.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Hashes and verifies passwords: PBKDF2 with HMAC-SHA512 and a random salt, compared in constant time.</summary>
internal sealed class Passwords
{
    /// <summary>The number that the OWASP Password Storage Cheat Sheet recommends for PBKDF2-HMAC-SHA512.</summary>
    private const int Iterations = 210_000;

    private readonly PasswordHasher<User> _hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    private readonly Lazy<string> _hashOfNobody;

    public Passwords() => _hashOfNobody = new Lazy<string>(() => Hash(Guid.NewGuid().ToString()));

    public string Hash(string password) => _hasher.HashPassword(null!, password);

    /// <summary>
    /// Whether the password is correct. Takes the same time if the user does not exist, so the time does not reveal which users exist.
    /// </summary>
    public bool Verify(User? user, string password) =>
        _hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? _hashOfNobody.Value, password) != PasswordVerificationResult.Failed
        && user is not null;
}
