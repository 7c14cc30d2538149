using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Load;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Security;
using ForeignGrpc.Store.Caching;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Upstream;

/// <summary>
/// Authenticates credentials that are not for this server by asking the upstream server. Answers are cached under a keyed digest;
/// concurrent calls with the same credential share one question. The answer for a credential in use is renewed before it expires, beside
/// the calls.
/// </summary>
internal sealed class UpstreamAuthority(
    UpstreamPrincipals principals,
    UserCache users,
    AppTokens appTokens,
    WrongPasswords wrongCredentials,
    Loops loops,
    TimeProvider time,
    IOptions<UpstreamOptions> options) : IUpstreamAuthority
{
    private const int RememberAtMost = 10_000;

    /// <summary>How many questions are asked at once.</summary>
    private const int QuestionsAtOnce = 250;

    /// <summary>How long a refusal is remembered.</summary>
    private static readonly TimeSpan Refused = TimeSpan.FromSeconds(5);

    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);
    private readonly TimeSpan _lifetime = TimeSpan.FromSeconds(options.Value.RememberSeconds);
    private readonly BoundedCache<Digest, AcceptedCredential> _accepted =
        new(RememberAtMost, lifetime: TimeSpan.FromSeconds(options.Value.RememberSeconds), time: time);

    private readonly BoundedCache<Digest, bool> _refused = new(RememberAtMost, lifetime: Refused, time: time);
    private readonly ConcurrentDictionary<Digest, Lazy<Task<AcceptedCredential?>>> _questions = new();
    private readonly Places _places = new(QuestionsAtOnce);

    public bool IsOn => options.Value.IsOn;

    public bool Authenticates => options.Value is { IsOn: true, Authenticate: true };

    public async ValueTask<Caller?> FindCallerAsync(HttpRequest request, string? account)
    {
        if (!Authenticates || request.Headers.Authorization.Count > 1)
        {
            return null;
        }

        loops.Check(request);
        var (authorization, appToken) = (
            request.Headers.Authorization.ToString(), appTokens.Has(request) ? "" : request.Headers[AppTokens.Header].ToString());
        var digest = DigestOf(authorization, appToken);
        var credential = new UpstreamCredential(
            authorization, appToken, account ?? digest.ToString(), request.HttpContext.Connection.RemoteIpAddress);
        return await CallerOfAsync(await FindAsync(digest, credential), digest, credential);
    }

    private async Task<AcceptedCredential?> FindAsync(Digest digest, UpstreamCredential credential) =>
        Remembered(digest, credential) ?? await AskOnceAsync(digest, credential);

    /// <summary>Authenticates the credential of a call in flight. Does not wait for the upstream server.</summary>
    private ValueTask<Caller?> AgainAsync(AcceptedCredential before, Digest digest, UpstreamCredential credential)
    {
        var now = Remembered(digest, credential);
        return CallerOfAsync(now ?? (before.IsValid && !_refused.TryGet(digest, out _) ? before : null), digest, credential);
    }

    private async ValueTask<Caller?> CallerOfAsync(AcceptedCredential? accepted, Digest digest, UpstreamCredential credential) =>
        accepted is { Principal: var principal } && !await users.ShutsOutAsync(principal.UserName)
            ? new Caller(
                Caller.IdentityAtUpstream(principal.UserName),
                principal.FullName,
                RoleOf(principal),
                () => AgainAsync(accepted, digest, credential))
            {
                IsOfUpstream = true,
                Renew = () => FindAsync(digest, credential),
            }
            : null;

    private Store.Model.UserRole? RoleOf(UpstreamPrincipal principal) =>
        options.Value.Roles.Where(role => role.Key.Equals(principal.RoleName, StringComparison.OrdinalIgnoreCase))
            .Select(role => (Store.Model.UserRole?)role.Value)
            .FirstOrDefault(options.Value.Role);

    private AcceptedCredential? Remembered(Digest digest, UpstreamCredential credential)
    {
        if (!_accepted.TryGet(digest, out var accepted) || !accepted.IsValid)
        {
            return null;
        }

        if (accepted.TakeTurnToAsk())
        {
            _ = AskBesideAsync(digest, credential);
        }

        return accepted;
    }

    /// <summary>Asks unless the credential was refused a short time ago, or another call asks the same question.</summary>
    private async Task<AcceptedCredential?> AskOnceAsync(Digest digest, UpstreamCredential credential)
    {
        if (_refused.TryGet(digest, out _))
        {
            return null;
        }

        var question = _questions.GetOrAdd(digest, new Lazy<Task<AcceptedCredential?>>(() => AskCountedAsync(digest, credential)));
        try
        {
            return await question.Value;
        }
        finally
        {
            _questions.TryRemove(KeyValuePair.Create(digest, question));
        }
    }

    /// <summary>Renews the answer for a credential. If there is no answer, the last one holds until it expires.</summary>
    private async Task AskBesideAsync(Digest digest, UpstreamCredential credential)
    {
        try
        {
            await AskAsync(digest, credential);
        }
        catch (Failure)
        {
            // UpstreamPrincipals logs the cause.
        }
    }

    private async Task<AcceptedCredential?> AskCountedAsync(Digest digest, UpstreamCredential credential)
    {
        using var attempt = wrongCredentials.Begin(credential.Account, credential.Address);
        var accepted = await AskAsync(digest, credential);
        if (accepted is null)
        {
            attempt.Fail();
        }
        else
        {
            attempt.Succeed();
        }

        return accepted;
    }

    private async Task<AcceptedCredential?> AskAsync(Digest digest, UpstreamCredential credential)
    {
        if (!_places.TryTake())
        {
            throw Failure.Overloaded(Texts.Of(
                $"The limit of {QuestionsAtOnce:N0} credentials that the upstream server checks is reached; nothing was changed."));
        }

        try
        {
            var since = time.GetTimestamp();
            if (await principals.FindAsync(credential) is { } principal)
            {
                return _accepted.Set(digest, new AcceptedCredential(principal, since, _lifetime, time));
            }

            _refused.Set(digest, true);
            _accepted.Remove(digest);
            return null;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>The digest of a secret key and the headers with their lengths.</summary>
    private Digest DigestOf(string authorization, string appToken) => Digest.Of(
        [.. _digestKey, .. Encoding.UTF8.GetBytes($"{authorization.Length}:{authorization}{appToken}")]);
}
