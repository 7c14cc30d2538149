namespace ForeignGrpc.Conformance;

/// <summary>
/// What callers did to one key, and whether it is linearizable: whether each call can have taken effect at one moment between its beginning
/// and its end, so that every read found what was written last (Herlihy and Wing, 1990). A search over the orders that the times allow,
/// each set of calls and what it leaves looked at once (Lowe, 2017).
/// </summary>
internal sealed class History(IReadOnlyList<History.Call> calls)
{
    /// <summary>The most calls on a key: one bit each.</summary>
    public const int MaxCalls = 64;

    private readonly HashSet<(ulong Done, int? Value)> _seen = [];

    /// <summary>Whether some order explains every read, from a key that is not there.</summary>
    public bool IsLinearizable() =>
        calls.Count <= MaxCalls ? Search(0, null) : throw new InvalidOperationException($"{calls.Count} calls are more than {MaxCalls}.");

    private bool Search(ulong done, int? value)
    {
        if (done == And(calls.Count))
        {
            return true;
        }

        if (!_seen.Add((done, value)))
        {
            return false;
        }

        var firstEnd = Waiting(done).Min(i => calls[i].End);
        var next = Waiting(done).Where(i => calls[i].Begin < firstEnd).ToList();
        if (next.Exists(i => calls[i].IsRead && calls[i].Value == value))
        {
            // A read that fits changes nothing: taking it now forbids no order that taking it later allows.
            return Search(next.Where(i => calls[i].IsRead && calls[i].Value == value).Aggregate(done, (all, i) => all | (1UL << i)), value);
        }

        return next.Exists(i => !calls[i].IsRead && Search(done | (1UL << i), calls[i].Value));
    }

    private IEnumerable<int> Waiting(ulong done) => Enumerable.Range(0, calls.Count).Where(i => (done & (1UL << i)) == 0);

    private static ulong And(int count) => count == MaxCalls ? ulong.MaxValue : (1UL << count) - 1;

    /// <param name="Begin">When it was sent.</param>
    /// <param name="End">When its answer was there.</param>
    /// <param name="IsRead">Whether it read the value, or else wrote it.</param>
    /// <param name="Value">The value; null where there is none: not found, or deleted.</param>
    public sealed record Call(long Begin, long End, bool IsRead, int? Value);
}
