using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Security;

/// <summary>Limits the wrong passwords of a minute at logins, per user and per address; right ones are not counted.</summary>
internal sealed class WrongPasswords(IOptions<AuthOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _ofUser = PerMinute(options.Value.WrongPasswordsPerUser);
    private readonly PartitionedRateLimiter<string> _fromAddress = PerMinute(options.Value.WrongPasswordsPerAddress);

    /// <exception cref="TooManyWrongPasswordsException">There were too many.</exception>
    public void RequireFew(string user, IPAddress? address)
    {
        Require(_ofUser, user);
        Require(_fromAddress, $"{address}");
    }

    public void Count(string user, IPAddress? address)
    {
        _ofUser.AttemptAcquire(user).Dispose();
        _fromAddress.AttemptAcquire($"{address}").Dispose();
    }

    public void Dispose()
    {
        _ofUser.Dispose();
        _fromAddress.Dispose();
    }

    private static void Require(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key, permitCount: 0);
        if (!lease.IsAcquired)
        {
            throw new TooManyWrongPasswordsException(lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : TimeSpan.FromMinutes(1));
        }
    }

    private static PartitionedRateLimiter<string> PerMinute(int permits) => PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = permits,
            Window = TimeSpan.FromMinutes(1),
        }));
}
