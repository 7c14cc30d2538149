using System.Threading.RateLimiting;

namespace ForeignGrpc.Server.Load;

/// <summary>Turns, so many at the same time. Nobody has more of them before the others than that.</summary>
internal sealed class FairTurns : IDisposable
{
    private readonly SemaphoreSlim _turns;
    private readonly PartitionedRateLimiter<string> _ofOne;

    /// <param name="atOnce">How many there are.</param>
    /// <param name="waitAtMost">How many of one may wait beside.</param>
    public FairTurns(int atOnce, int waitAtMost)
    {
        _turns = new SemaphoreSlim(atOnce);
        _ofOne = PartitionedRateLimiter.Create<string, string>(whose => RateLimitPartition.GetConcurrencyLimiter(
            whose, _ => new ConcurrencyLimiterOptions { PermitLimit = atOnce, QueueLimit = waitAtMost }));
    }

    /// <summary>Waits for a turn, which ends when it is disposed of; null when too many of this one wait already.</summary>
    public async Task<IDisposable?> TakeAsync(string whose, CancellationToken cancellationToken = default)
    {
        var ofOne = await _ofOne.AcquireAsync(whose, cancellationToken: cancellationToken);
        try
        {
            if (!ofOne.IsAcquired)
            {
                return null;
            }

            await _turns.WaitAsync(cancellationToken);
            return new Turn(ofOne, _turns);
        }
        catch
        {
            ofOne.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _turns.Dispose();
        _ofOne.Dispose();
    }

    private sealed class Turn(RateLimitLease ofOne, SemaphoreSlim turns) : IDisposable
    {
        public void Dispose()
        {
            turns.Release();
            ofOne.Dispose();
        }
    }
}
