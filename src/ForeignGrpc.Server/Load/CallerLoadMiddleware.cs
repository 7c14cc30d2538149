using System.Threading.RateLimiting;
using ForeignGrpc.Server.Agent;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Server.Security;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>Limits what one caller may do at the same time, and in a second, so that the others get their turn. Behind access: who calls is known.</summary>
internal sealed class CallerLoadMiddleware : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RequestDelegate _next;
    private readonly LoadLimits _limits;
    private readonly PartitionedRateLimiter<HttpContext> _underWay;
    private readonly PartitionedRateLimiter<HttpContext>? _begun;

    public CallerLoadMiddleware(RequestDelegate next, IOptions<LoadLimits> limits)
    {
        (_next, _limits) = (next, limits.Value);
        _underWay = PartitionedRateLimiter.Create<HttpContext, CallerKey>(context => RateLimitPartition.GetConcurrencyLimiter(
            CallerKey.Of(context), key => new ConcurrencyLimiterOptions { PermitLimit = key.IsKnown ? _limits.CallsPerCaller : _limits.CallsPerAddress }));
        _begun = _limits.CallsPerSecond == 0 ? null : PartitionedRateLimiter.Create<HttpContext, CallerKey>(context => RateLimitPartition.GetFixedWindowLimiter(
            CallerKey.Of(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = _limits.CallsPerSecond, Window = Second }));
    }

    public async Task InvokeAsync(HttpContext context)
    {
        using var underWay = _underWay.AttemptAcquire(context);
        if (!underWay.IsAcquired)
        {
            Refusals.Failed(context, UnderWay(CallerKey.Of(context)));
            return;
        }

        using var begun = _begun?.AttemptAcquire(context);
        if (begun is { IsAcquired: false })
        {
            Refusals.Failed(context, Failures.TooManyCalls(
                Texts.Of($"You have begun {_limits.CallsPerSecond:N0} calls (setting Limits:CallsPerSecond) in this second already; nothing was changed."),
                begun.TryGetMetadata(MetadataName.RetryAfter, out var rest) ? rest : Second));
            return;
        }

        await _next(context);
    }

    public void Dispose()
    {
        _underWay.Dispose();
        _begun?.Dispose();
    }

    private RpcException UnderWay(CallerKey key) => Failures.TooManyCalls(
        key.IsKnown
            ? Texts.Of($"You have {_limits.CallsPerCaller:N0} calls (setting Limits:CallsPerCaller) under way already; nothing was changed.")
            : Texts.Of($"Your address has {_limits.CallsPerAddress:N0} calls (setting Limits:CallsPerAddress) under way already; nothing was changed."),
        Second);

    /// <summary>Who calls: a name, or where none is needed an address.</summary>
    private readonly record struct CallerKey(bool IsKnown, string Name)
    {
        public static CallerKey Of(HttpContext context) => context.Features.Get<Caller>() is { } caller
            ? new(true, caller.UserName)
            : new(false, $"{context.Connection.RemoteIpAddress}");
    }
}
