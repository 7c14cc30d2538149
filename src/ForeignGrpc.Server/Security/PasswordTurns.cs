namespace ForeignGrpc.Server.Security;

/// <summary>
/// Turns to compute slow hashes. Those of the lowest rank go first, which are those from addresses with the fewest attempts: whoever tries
/// passwords, from however many addresses, waits behind who does not. A wait is bounded: when too many wait the one of the highest rank is
/// refused.
/// </summary>
/// <param name="atOnce">How many there are.</param>
/// <param name="waitAtMost">How many may wait.</param>
/// <param name="patience">How long one waits at most.</param>
internal sealed class PasswordTurns(int atOnce, int waitAtMost, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(int Rank, long Order), TaskCompletionSource<bool>> _waiting = [];
    private int _free = atOnce;
    private long _order;

    /// <summary>Waits for a turn, which ends when it is disposed of; null when it was refused.</summary>
    public async Task<IDisposable?> TakeAsync(int rank)
    {
        var isMine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        (int, long) place;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return new Turn(this);
            }

            place = (rank, _order++);
            _waiting.Add(place, isMine);
            if (_waiting.Count > waitAtMost)
            {
                Refuse(_waiting.Keys.Last());
            }
        }

        using var limit = new CancellationTokenSource(patience);
        await using var expiry = limit.Token.UnsafeRegister(_ => Refuse(place), null);
        return await isMine.Task ? new Turn(this) : null;
    }

    private void Refuse((int, long) place)
    {
        lock (_lock)
        {
            if (_waiting.Remove(place, out var refused))
            {
                refused.SetResult(false);
            }
        }
    }

    private void Release()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _free++;
                return;
            }

            var (place, next) = _waiting.First();
            _waiting.Remove(place);
            next.SetResult(true);
        }
    }

    private sealed class Turn(PasswordTurns turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
