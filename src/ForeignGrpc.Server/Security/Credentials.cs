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
internal sealed class Credentials(KnownUsers users, Passwords passwords, IOptions<AuthOptions> options) : IDisposable
{
    private const int RememberAtMost = 10_000;

    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(32);
    private readonly MemoryCache _verified = new(new MemoryCacheOptions { SizeLimit = RememberAtMost });
    private readonly TimeSpan _remember = TimeSpan.FromSeconds(options.Value.RememberSeconds);

    /// <summary>So that a burst of wrong passwords leaves the other cores to work.</summary>
    private readonly SemaphoreSlim _hashing = new(Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>The user, or null when the name or the password is wrong.</summary>
    public async ValueTask<User?> FindAsync(string name, string password)
    {
        var user = await users.FindAsync(name);
        if (_remember == TimeSpan.Zero)
        {
            return await VerifyAsync(user, password) ? user : null;
        }

        var hash = user?.PasswordHash;
        var digest = Convert.ToHexString(HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes($"{name.Length}:{name}{hash?.Length}:{hash}{password}")));
        var verification = _verified.GetOrCreate(
            digest,
            entry =>
            {
                entry.Size = 1;
                entry.AbsoluteExpirationRelativeToNow = _remember;
                return new Lazy<Task<bool>>(() => VerifyAsync(user, password));
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

    private async Task<bool> VerifyAsync(User? user, string password)
    {
        await _hashing.WaitAsync();
        try
        {
            return await Task.Run(() => passwords.Verify(user, password));
        }
        finally
        {
            _hashing.Release();
        }
    }
}
