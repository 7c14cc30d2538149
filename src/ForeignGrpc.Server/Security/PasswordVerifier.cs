using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store.Caching;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Verifies names and passwords. One slow hash serves many calls: a correct password is cached under a keyed digest, never in clear text,
/// until it is unused for `Auth:RememberSeconds`; concurrent calls with the same password share one computation. So regular callers never
/// queue behind password guessing. Wrong passwords are not cached.
/// </summary>
internal sealed class PasswordVerifier(
    UserCache users, Passwords passwords, WrongPasswords wrongPasswords, IOptions<AuthOptions> options, TimeProvider time)
{
    private const int RememberAtMost = 10_000;

    private const int WaitAtMost = 200;

    private const int StackBytes = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly bool _remembers = options.Value.RememberSeconds > 0;
    private readonly BoundedCache<Digest, Lazy<Task<bool>>> _verifications = new(
        RememberAtMost, lifetime: TimeSpan.FromSeconds(Math.Max(1, options.Value.RememberSeconds)), slides: true, time: time);

    /// <summary>The slots for slow hashes. One processor, if there are several, is left for other calls.</summary>
    private readonly PasswordTurns _turns = new(Math.Max(1, Environment.ProcessorCount - 1), WaitAtMost, Patience);

    /// <summary>Verifies a name and password. Null if either is wrong.</summary>
    /// <exception cref="Failure">RESOURCE_EXHAUSTED: too many passwords were wrong, or too many wait to be checked. This password was not
    /// checked.</exception>
    public async ValueTask<User?> FindAsync(string name, string password, IPAddress? address)
    {
        if (!UserRules.MayBe(name, password))
        {
            return null;
        }

        var user = await users.FindAsync(name);
        var digest = DigestOf(name, user?.PasswordHash, password);
        if (!_verifications.TryGet(digest, out var verification))
        {
            verification = _verifications.GetOrAdd(digest, new Lazy<Task<bool>>(() => VerifyAsync(user, name, password, address)));
        }

        var isRight = false;
        try
        {
            isRight = await verification.Value;
            return isRight ? user : null;
        }
        finally
        {
            if (!isRight || !_remembers)
            {
                _verifications.Remove(digest, verification);
            }
        }
    }

    /// <summary>The digest of a secret key, the name and hash with their lengths, and the password.</summary>
    private Digest DigestOf(string name, string? hash, string password)
    {
        var length = _digestKey.Length + (2 * sizeof(int)) + Encoding.UTF8.GetMaxByteCount(
            name.Length + password.Length + (hash?.Length ?? 0));
        Span<byte> text = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        _digestKey.CopyTo(text);
        var end = _digestKey.Length;
        Append(name, text, ref end);
        Append(hash, text, ref end);
        end += Encoding.UTF8.GetBytes(password, text[end..]);
        return Digest.Of(text[..end]);

        static void Append(string? part, Span<byte> text, ref int end)
        {
            BinaryPrimitives.WriteInt32LittleEndian(text[end..], part?.Length ?? -1);
            end += sizeof(int);
            end += Encoding.UTF8.GetBytes(part, text[end..]);
        }
    }

    private async Task<bool> VerifyAsync(User? user, string name, string password, IPAddress? address)
    {
        using var attempt = wrongPasswords.Begin(name, address);
        using var turn = await _turns.TakeAsync(attempt.Rank)
            ?? throw Failure.TooManyCalls(
                Texts.Of($"Too many passwords are waiting to be checked; this one was not checked."), TimeSpan.FromSeconds(1));
        var isRight = await Task.Run(() => passwords.Verify(user, password));
        if (isRight)
        {
            attempt.Succeed();
        }
        else
        {
            attempt.Fail();
        }

        return isRight;
    }
}
