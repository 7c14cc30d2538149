using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Agent;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store;
using ForeignGrpc.Store.Model;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Tells who a name and password belong to. The slow hash is computed once for many calls: that a password fits a hash is
/// remembered until it has not been used for a while, under a keyed digest of it and never in clear, and calls that bring the same one at
/// the same time share one computation. So who calls all the time never waits behind those who try passwords, and who does, waits behind
/// few of them.
/// </summary>
internal sealed class Credentials(KnownUsers users, Passwords passwords, IOptions<AuthOptions> options)
{
    private const int RememberAtMost = 10_000;

    /// <summary>How many passwords from one address may wait to be hashed.</summary>
    private const int WaitAtMost = 100;

    private const int StackBytes = 512;

    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly ConcurrentDictionary<Digest, Verification> _verifications = new();
    private readonly long _rememberMilliseconds = options.Value.RememberSeconds * 1000L;

    /// <summary>Of addresses. A burst of wrong passwords leaves the other cores to work.</summary>
    private readonly FairTurns _hashing = new(Math.Max(1, Environment.ProcessorCount - 1), WaitAtMost);

    /// <summary>The user, or null when the name or the password is wrong.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too many passwords from the address wait to be looked at.</exception>
    public async ValueTask<User?> FindAsync(string name, string password, IPAddress? address)
    {
        var user = await users.FindAsync(name);
        if (_rememberMilliseconds == 0)
        {
            return await VerifyAsync(user, password, address) ? user : null;
        }

        var digest = DigestOf(name, user?.PasswordHash, password);
        var verification = _verifications.TryGetValue(digest, out var known) && Environment.TickCount64 < known.Until
            ? known
            : Begin(digest, user, password, address);
        var isRight = false;
        try
        {
            isRight = await verification.IsRight.Value;
        }
        finally
        {
            if (!isRight)
            {
                _verifications.TryRemove(KeyValuePair.Create(digest, verification));
            }
        }

        verification.Until = Environment.TickCount64 + _rememberMilliseconds;
        return isRight ? user : null;
    }

    private Verification Begin(in Digest digest, User? user, string password, IPAddress? address)
    {
        if (_verifications.Count >= RememberAtMost)
        {
            _verifications.Clear();
        }

        var begun = new Verification(new Lazy<Task<bool>>(() => VerifyAsync(user, password, address))) { Until = Environment.TickCount64 + _rememberMilliseconds };
        return _verifications.AddOrUpdate(digest, begun, (_, other) => Environment.TickCount64 < other.Until ? other : begun);
    }

    /// <summary>Of the three with their lengths, behind a key that nobody knows.</summary>
    private Digest DigestOf(string name, string? hash, string password)
    {
        var length = _digestKey.Length + (2 * sizeof(int)) + Encoding.UTF8.GetMaxByteCount(name.Length + password.Length + (hash?.Length ?? 0));
        Span<byte> text = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        _digestKey.CopyTo(text);
        var end = _digestKey.Length;
        Append(name, text, ref end);
        Append(hash, text, ref end);
        end += Encoding.UTF8.GetBytes(password, text[end..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..end], digest);
        return new Digest(BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]));

        static void Append(string? part, Span<byte> text, ref int end)
        {
            BinaryPrimitives.WriteInt32LittleEndian(text[end..], part?.Length ?? -1);
            end += sizeof(int);
            end += Encoding.UTF8.GetBytes(part, text[end..]);
        }
    }

    private async Task<bool> VerifyAsync(User? user, string password, IPAddress? address)
    {
        using var turn = await _hashing.TakeAsync($"{address}");
        if (turn is null)
        {
            throw Failures.TooManyCalls(Texts.Of($"{WaitAtMost:N0} passwords from your address wait to be looked at; this one was not."), TimeSpan.FromSeconds(1));
        }

        return await Task.Run(() => passwords.Verify(user, password));
    }

    private readonly record struct Digest(UInt128 Low, UInt128 High);

    private sealed class Verification(Lazy<Task<bool>> isRight)
    {
        /// <summary>When it is to be forgotten, by <see cref="Environment.TickCount64"/>.</summary>
        public long Until { get; set; }

        /// <summary>Whether the password fits.</summary>
        public Lazy<Task<bool>> IsRight { get; } = isRight;
    }
}
