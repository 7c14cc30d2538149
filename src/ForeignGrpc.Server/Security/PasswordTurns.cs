namespace ForeignGrpc.Server.Security;

/// <summary>
/// Slots for computing slow hashes. Waiting attempts with the lowest rank go first; these come from addresses with the fewest attempts. So
/// password guessing, from any number of addresses, waits behind regular logins. When too many attempts wait, the one with the highest rank
/// is rejected.
/// </summary>
/// <param name="atOnce">The number of slots.</param>
/// <param name="waitAtMost">The most attempts that may wait.</param>
/// <param name="patience">The longest wait.</param>
internal sealed class PasswordTurns(int atOnce, int waitAtMost, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(int Rank, long Order), TaskCompletionSource<bool>> _waiting = [];
    private int _free = atOnce;
    private long _order;

    /// <summary>Waits for a slot. Dispose of the result to release the slot. Null if the attempt was rejected.</summary>
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
