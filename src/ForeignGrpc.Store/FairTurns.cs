namespace ForeignGrpc.Store;

/// <summary>
/// A fair semaphore: a number of permits, called turns. Waiting callers get turns round robin, so nobody waits behind all requests of
/// another caller. Thread-safe.
/// </summary>
/// <param name="atOnce">The number of turns.</param>
/// <param name="waitAtMost">The most turns that one caller can wait for.</param>
public sealed class FairTurns(int atOnce, int waitAtMost)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedList<TaskCompletionSource>> _lines = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _nextInLine = [];
    private int _free = atOnce;

    /// <summary>Waits for a turn.</summary>
    /// <param name="whose">The caller.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The turn, which the caller disposes to end it; null when the caller waits for too many turns already.</returns>
    public async Task<IDisposable?> TakeAsync(string whose, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource waiting;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return new Turn(this);
            }

            if (_lines.TryGetValue(whose, out var line) ? line.Count >= waitAtMost : waitAtMost == 0)
            {
                return null;
            }

            if (line is null)
            {
                _lines.Add(whose, line = []);
                _nextInLine.AddLast(whose);
            }

            waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            line.AddLast(waiting);
        }

        await using var leaving = cancellationToken.UnsafeRegister(_ => Leave(whose, waiting, cancellationToken), null)
            .ConfigureAwait(false);
        await waiting.Task.ConfigureAwait(false);
        return new Turn(this);
    }

    private void Leave(string whose, TaskCompletionSource waiting, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_lines.TryGetValue(whose, out var line) && line.Remove(waiting))
            {
                waiting.SetCanceled(cancellationToken);
                if (line.Count == 0)
                {
                    _lines.Remove(whose);
                    _nextInLine.Remove(whose);
                }
            }
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (_nextInLine.First is not { } next)
            {
                _free++;
                return;
            }

            _nextInLine.RemoveFirst();
            var line = _lines[next.Value];
            line.First!.Value.SetResult();
            line.RemoveFirst();
            if (line.Count > 0)
            {
                _nextInLine.AddLast(next);
            }
            else
            {
                _lines.Remove(next.Value);
            }
        }
    }

    private sealed class Turn(FairTurns turns) : IDisposable
    {
        private FairTurns? _turns = turns;

        public void Dispose() => Interlocked.Exchange(ref _turns, null)?.End();
    }
}
