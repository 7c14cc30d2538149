using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Store.Model;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Tells who a name and password belong to. The slow hash is computed once for many calls: that a password fits a hash is
/// remembered for a short while, under a keyed digest of it and never in clear, and calls that bring the same one at the same
/// time share one computation.
/// </summary>
internal sealed class Credentials(KnownUsers users, Passwords passwords, WrongPasswords wrongPasswords, IOptions<AuthOptions> options) : IDisposable
{
    private const int RememberAtMost = 10_000;

    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(32);
    private readonly MemoryCache _verified = new(new MemoryCacheOptions { SizeLimit = RememberAtMost });
    private readonly TimeSpan _remember = TimeSpan.FromSeconds(options.Value.RememberSeconds);

    /// <summary>So that a burst of wrong passwords leaves the other cores to work.</summary>
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>The user, or null when the name or the password is wrong.</summary>
    /// <param name="name">The login name.</param>
    /// <param name="password">The password.</param>
    /// <param name="address">Where the call comes from.</param>
    /// <exception cref="TooManyWrongPasswordsException">This one was not looked at.</exception>
    public async ValueTask<User?> FindAsync(string name, string password, string address)
    {
        var user = await users.FindAsync(name);
        if (_remember == TimeSpan.Zero)
        {
            return await VerifyAsync(name, user, password, address) ? user : null;
        }

        var hash = user?.PasswordHash;
        var digest = Convert.ToHexString(HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes($"{name.Length}:{name}{hash?.Length}:{hash}{password}")));
        var verification = _verified.GetOrCreate(
            digest,
            entry =>
            {
                entry.Size = 1;
                entry.AbsoluteExpirationRelativeToNow = _remember;
                return new Lazy<Task<bool>>(() => VerifyAsync(name, user, password, address));
            })!;
        var isRight = false;
        try
        {
            isRight = await verification.Value;
        }
        finally
        {
            if (!isRight)
            {
                _verified.Remove(digest);
            }
        }

        return isRight ? user : null;
    }

    public void Dispose()
    {
        _verified.Dispose();
        _hashing.Dispose();
    }

    private async Task<bool> VerifyAsync(string name, User? user, string password, string address)
    {
        wrongPasswords.RequireFew(name, address);
        await _hashing.WaitAsync();
        try
        {
            var isRight = await Task.Run(() => passwords.Verify(user, password));
            if (!isRight)
            {
                wrongPasswords.Count(name, address);
            }

            return isRight;
        }
        finally
        {
            _hashing.Release();
        }
    }
}
