using System.Threading.RateLimiting;
using ForeignGrpc.Server.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The answers that are large take turns, so that small calls do not wait behind them, nor one caller's behind all of another's; and what they hold
/// until their callers have read them counts as memory of bodies.
/// </summary>
internal sealed class LargeAnswers : IDisposable
{
    private readonly BodyMemory _memory;
    private readonly int _limit;
    private readonly PartitionedRateLimiter<HttpContext> _ofCaller;
    private readonly SemaphoreSlim _turns;

    public LargeAnswers(BodyMemory memory, IOptions<LoadLimits> limits)
    {
        (_memory, _limit) = (memory, limits.Value.AnswerBytes);
        var atOnce = limits.Value.LargeAnswersAtOnce > 0 ? limits.Value.LargeAnswersAtOnce : Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new SemaphoreSlim(atOnce);

        // No caller has more before the others than are made at once.
        _ofCaller = PartitionedRateLimiter.Create<HttpContext, string>(call => RateLimitPartition.GetConcurrencyLimiter(
            call.Features.GetRequiredFeature<Caller>().UserName, _ => new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = int.MaxValue }));
    }

    /// <summary>The answer of a call, which is empty yet.</summary>
    public LargeAnswer Of(HttpContext call) => new(call, this, _memory, _limit);

    /// <summary>Waits for a turn, which ends when it is disposed of.</summary>
    public async Task<IDisposable> TakeTurnAsync(HttpContext call, CancellationToken cancellationToken)
    {
        var ofCaller = await _ofCaller.AcquireAsync(call, cancellationToken: cancellationToken);
        try
        {
            await _turns.WaitAsync(cancellationToken);
            return new Turn(ofCaller, _turns);
        }
        catch
        {
            ofCaller.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _turns.Dispose();
        _ofCaller.Dispose();
    }

    private sealed class Turn(RateLimitLease ofCaller, SemaphoreSlim turns) : IDisposable
    {
        public void Dispose()
        {
            turns.Release();
            ofCaller.Dispose();
        }
    }
}
