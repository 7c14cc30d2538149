using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ForeignGrpc.Store.Sql;

/// <summary>What was found before, up to so many; thread-safe. What may go stale is for whoever remembers it to see to.</summary>
internal sealed class Remembered<TKey, TValue>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private const int AtMost = 100_000;

    private readonly ConcurrentDictionary<TKey, TValue> _values = new(comparer);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>Remembers the value, and returns it.</summary>
    public TValue Add(TKey key, TValue value)
    {
        // The dictionary counts by locking all of itself, but only what was not known comes here.
        if (_values.Count >= AtMost)
        {
            _values.Clear();
        }

        return _values[key] = value;
    }

    public void Remove(TKey key) => _values.TryRemove(key, out _);

    public void Forget() => _values.Clear();
}
