using System.Threading.RateLimiting;
using ForeignGrpc.Server.Calls;
using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;
using ForeignGrpc.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Limits the calls in flight, in total and of each caller or address, and the calls that a caller begins in a second. Authenticated and
/// anonymous calls have separate places, so neither takes the places of the other. A call uses the store for one thing at a time, so these
/// limits also limit the queues of the store. Probes are exempt. The limits of bodies are not for forwarded calls. Runs after
/// <see cref="Security.AccessMiddleware"/>.
/// </summary>
internal sealed class CallLoadMiddleware : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RequestDelegate _next;
    private readonly BodyMemory _memory;
    private readonly CancellationToken _stopping;
    private readonly LoadLimits _limits;
    private readonly FairTurns _parsing = new(Processors.Half, waitAtMost: int.MaxValue);
    private readonly Places _ofCallers;
    private readonly Places _endless;
    private readonly AnonymousCalls _anonymous;
    private readonly PartitionedRateLimiter<CallerKey> _underWay;
    private readonly PartitionedRateLimiter<CallerKey>? _begun;

    public CallLoadMiddleware(RequestDelegate next, BodyMemory memory, IHostApplicationLifetime lifetime, IOptions<LoadLimits> limits)
    {
        (_next, _memory, _stopping, _limits) = (next, memory, lifetime.ApplicationStopping, limits.Value);
        (_ofCallers, _endless, _anonymous) = (new(_limits.Calls), new(_limits.AnonymousCalls), new(_limits.AnonymousCalls));
        _underWay = PartitionedRateLimiter.Create<CallerKey, CallerKey>(caller => RateLimitPartition.GetConcurrencyLimiter(
            caller, key => new ConcurrencyLimiterOptions { PermitLimit = key.IsKnown ? _limits.CallsPerCaller : _limits.CallsPerAddress }));
        _begun = _limits.CallsPerSecond == 0 ? null : PartitionedRateLimiter.Create<CallerKey, CallerKey>(
            caller => RateLimitPartition.GetFixedWindowLimiter(
                caller, _ => new FixedWindowRateLimiterOptions { PermitLimit = _limits.CallsPerSecond, Window = Second }));
    }

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = CallerKey.Of(context);
        if (Probe.Is(context))
        {
            await RunAsync(context, caller);
            return;
        }

        context.Features.GetRequiredFeature<Arrival>().IsAuthenticated();
        if (caller.IsKnown)
        {
            context.Features.Get<ClientConnection>()?.Authenticated();
        }

        using var underWay = _underWay.AttemptAcquire(caller);
        using var begun = underWay.IsAcquired ? _begun?.AttemptAcquire(caller) : null;
        if (Refusal(caller, underWay, begun) is { } refusal)
        {
            Refusals.Failed(context, refusal);
        }
        else if (caller.IsKnown || context.GetEndpoint()?.Metadata.GetMetadata<EndlessAttribute>() is not null)
        {
            await RunInPlaceAsync(context, caller, caller.IsKnown ? _ofCallers : _endless);
        }
        else
        {
            await RunAnonymousAsync(context, caller);
        }
    }

    public void Dispose()
    {
        _underWay.Dispose();
        _begun?.Dispose();
    }

    private async Task RunInPlaceAsync(HttpContext context, CallerKey caller, Places places)
    {
        if (!places.TryTake())
        {
            Refusals.Failed(context, NoPlace(caller));
            return;
        }

        try
        {
            await RunAsync(context, caller);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task RunAnonymousAsync(HttpContext context, CallerKey caller)
    {
        if (_anonymous.TryAdd(context) is not { } call)
        {
            Refusals.Failed(context, NoPlace(caller));
            return;
        }

        try
        {
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(_limits.AnonymousSeconds));
            await using var end = time.Token.UnsafeRegister(static call => ((HttpContext)call!).Abort(), context);
            await RunAsync(context, caller);
        }
        finally
        {
            _anonymous.Remove(call);
        }
    }

    private async Task RunAsync(HttpContext context, CallerKey caller)
    {
        if (Forwarded.Of(context) is not null)
        {
            await _next(context);
            return;
        }

        await using var decoded = DecodedBody.Attach(context);
        using var body = MeteredBody.Attach(context, caller, _memory, _parsing, _limits, _stopping);
        await _next(context);
        if (context.Features.Get<LargeAnswer>() is { } answer)
        {
            await answer.FlushAsync();
        }
    }

    private Failure NoPlace(CallerKey caller) => Failure.Overloaded(caller.IsKnown
        ? Texts.Of($"The limit of {_limits.Calls:N0} calls in flight is reached (setting Limits:Calls); nothing was changed.")
        : TooManyAnonymous(_limits.AnonymousCalls));

    private static Text TooManyAnonymous(int limit) => Texts.Of(
        $"The limit of {limit:N0} calls without a credential is reached (setting Limits:AnonymousCalls); nothing was changed.");

    private Failure? Refusal(CallerKey caller, RateLimitLease underWay, RateLimitLease? begun) => (underWay, begun) switch
    {
        ({ IsAcquired: false }, _) when caller.IsKnown => Failure.TooManyCalls(Texts.Of(
            $"Your limit of {_limits.CallsPerCaller:N0} calls in flight is reached (setting Limits:CallsPerCaller); nothing was changed."),
            Second),
        ({ IsAcquired: false }, _) => Failure.TooManyCalls(OfAddress(_limits.CallsPerAddress), Second),
        (_, { IsAcquired: false }) => Failure.TooManyCalls(Texts.Of(
            $"Your limit of {_limits.CallsPerSecond:N0} calls a second is reached (setting Limits:CallsPerSecond); nothing was changed."),
            begun.TryGetMetadata(MetadataName.RetryAfter, out var rest) ? rest : Second),
        _ => null,
    };

    private static Text OfAddress(int limit) => Texts.Of(
        $"Your address's limit of {limit:N0} calls in flight is reached (setting Limits:CallsPerAddress); nothing was changed.");
}
