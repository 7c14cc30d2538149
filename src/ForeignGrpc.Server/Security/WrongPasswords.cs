using System.Net;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Store.Caching;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Limits the wrong passwords of a minute per user and per address, for every authentication scheme. An attempt counts from its begin until
/// the password proves correct. Attempts from an address where the user was authenticated lately have a limit of their own, so that nobody
/// elsewhere can lock a user out.
/// </summary>
internal sealed class WrongPasswords(IOptions<AuthOptions> options, TimeProvider time)
{
    private const int Windows = 100_000;
    private const int KnownAddresses = 20_000;
    private const long Bytes = 64 * 1024 * 1024;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>How long an address counts as an address of the user after the last authentication.</summary>
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(7);

    private readonly BoundedCache<AttemptKey, AttemptWindow> _windows = new(Windows, Bytes, SizeOf, Minute, time: time);
    private readonly BoundedCache<AttemptKey, AttemptKey> _known = new(KnownAddresses, Bytes, SizeOf, KnownFor, slides: true, time: time);

    /// <summary>Begins an attempt, which ends when it is disposed of.</summary>
    /// <exception cref="Failure">RESOURCE_EXHAUSTED: too many passwords were wrong, or that many are being checked.</exception>
    public PasswordAttempt Begin(string user, IPAddress? address)
    {
        var pair = new AttemptKey(user, ClientAddress.KeyOf(address));
        if (_known.TryGet(pair, out _))
        {
            var own = WindowOf(pair);
            Require(own.TryBegin(options.Value.WrongPasswordsPerUser), own);
            return new PasswordAttempt(-1, () => _known.Set(pair, pair), own);
        }

        var (ofUser, fromAddress) = (WindowOf(pair with { Address = "" }), WindowOf(pair with { User = "" }));
        var rank = fromAddress.Attempts;
        Require(ofUser.TryBegin(options.Value.WrongPasswordsPerUser), ofUser);
        if (!fromAddress.TryBegin(options.Value.WrongPasswordsPerAddress))
        {
            ofUser.End(isWrong: false);
            Require(false, fromAddress);
        }

        return new PasswordAttempt(rank, () => _known.Set(pair, pair), ofUser, fromAddress);
    }

    private static int SizeOf<T>(AttemptKey key, T value) => 100 + (2 * (key.User.Length + key.Address.Length));

    private AttemptWindow WindowOf(AttemptKey key) =>
        _windows.TryGet(key, out var window) ? window : _windows.GetOrAdd(key, new AttemptWindow(time.GetTimestamp()));

    private void Require(bool isAllowed, AttemptWindow window)
    {
        if (!isAllowed)
        {
            var rest = Minute - time.GetElapsedTime(window.Began);
            throw Failure.TooManyWrongPasswords(window.IsInFlight || rest < Second ? Second : rest);
        }
    }
}
