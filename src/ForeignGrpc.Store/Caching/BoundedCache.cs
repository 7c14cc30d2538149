using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ForeignGrpc.Store.Caching;

/// <summary>
/// A thread-safe cache that is bounded by entries, bytes and time. Entries live in two generations. A new entry joins the recent
/// generation; a hit in the older generation moves the entry to the recent one. When the recent generation holds half of the limit, the
/// cache drops the older one and the recent one takes its place. So entries in use stay, and a look-up takes no lock.
/// </summary>
/// <remarks>
/// Microsoft.Extensions.Caching.Memory boxes every key of a value type, refuses new entries when it is full until a background task has
/// sorted all of them, and takes no TimeProvider.
/// </remarks>
/// <typeparam name="TKey">The key of an entry.</typeparam>
/// <typeparam name="TValue">The value of an entry; never null.</typeparam>
public sealed class BoundedCache<TKey, TValue>
    where TKey : notnull
{
    /// <summary>About how many bytes an entry takes besides its key and value: a node of the dictionary, and the entry itself.</summary>
    private const int EntryBytes = 100;

    private readonly Lock _writing = new();
    private readonly int _mostEntries;
    private readonly long _mostBytes;
    private readonly Func<TKey, TValue, int>? _sizeOf;
    private readonly long _lifetime;
    private readonly bool _slides;
    private readonly TimeProvider _time;
    private readonly IEqualityComparer<TKey>? _comparer;

    private volatile ConcurrentDictionary<TKey, Entry> _recent;
    private volatile ConcurrentDictionary<TKey, Entry> _older;
    private int _recentEntries;
    private long _recentBytes;
    private long _olderBytes;
    private long _recentSince;

    /// <param name="entries">The most entries.</param>
    /// <param name="bytes">The most bytes. An entry counts <paramref name="sizeOf"/> and <see cref="EntryBytes"/>.</param>
    /// <param name="sizeOf">The bytes that a key and its value take on the heap; null if the size is small and fixed.</param>
    /// <param name="lifetime">How long an entry is valid; null for no limit.</param>
    /// <param name="slides">Whether a hit restarts the lifetime.</param>
    /// <param name="time">The clock for <paramref name="lifetime"/>.</param>
    /// <param name="comparer">Compares keys.</param>
    public BoundedCache(
        int entries,
        long bytes = long.MaxValue,
        Func<TKey, TValue, int>? sizeOf = null,
        TimeSpan? lifetime = null,
        bool slides = false,
        TimeProvider? time = null,
        IEqualityComparer<TKey>? comparer = null)
    {
        (_mostEntries, _mostBytes) = (Math.Max(1, entries / 2), bytes / 2);
        (_sizeOf, _slides, _comparer) = (sizeOf, slides, comparer);
        _time = time ?? TimeProvider.System;
        _lifetime = lifetime is { } limit ? (long)(limit.TotalSeconds * _time.TimestampFrequency) : long.MaxValue;
        (_recent, _older) = (New(), New());
    }

    /// <summary>The number of entries, including expired ones.</summary>
    public int Count => _recent.Count + _older.Count;

    /// <summary>About how many bytes the entries take.</summary>
    public long Bytes
    {
        get
        {
            lock (_writing)
            {
                return _recentBytes + _olderBytes;
            }
        }
    }

    /// <summary>Finds the value of a key; false when the cache has none, or it has expired.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isFound = (_recent.TryGetValue(key, out var entry) || TryRenew(key, out entry)) && IsValid(entry);
        value = isFound ? entry!.Value : default;
        return isFound;
    }

    /// <summary>Adds or replaces a value, and returns it. The cache does not keep a value larger than a generation.</summary>
    public TValue Set(TKey key, TValue value)
    {
        Put(key, value, Now());
        return value;
    }

    /// <summary>Returns the cached value of a key. If there is none, adds and returns this one.</summary>
    public TValue GetOrAdd(TKey key, TValue value)
    {
        lock (_writing)
        {
            return TryGet(key, out var known) ? known : Set(key, value);
        }
    }

    /// <summary>
    /// Returns the cached value of a key. If there is none, reads and adds it, unless it is null. Its lifetime starts when the read starts.
    /// </summary>
    public ValueTask<TValue?> GetOrReadAsync(TKey key, Func<TKey, ValueTask<TValue?>> read) =>
        TryGet(key, out var known) ? new ValueTask<TValue?>(known) : ReadAsync(key, read);

    /// <summary>Removes a key.</summary>
    public void Remove(TKey key)
    {
        lock (_writing)
        {
            Drop(key);
        }
    }

    /// <summary>Removes a key if it still has this value.</summary>
    public void Remove(TKey key, TValue value)
    {
        lock (_writing)
        {
            if ((_recent.TryGetValue(key, out var entry) || _older.TryGetValue(key, out entry))
                && EqualityComparer<TValue>.Default.Equals(entry.Value, value))
            {
                Drop(key);
            }
        }
    }

    /// <summary>Removes all entries.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            if (_recentBytes + _olderBytes > 0)
            {
                Rotate();
                Rotate();
            }
        }
    }

    private ConcurrentDictionary<TKey, Entry> New() => new(_comparer);

    private long Now() => _lifetime == long.MaxValue ? 0 : _time.GetTimestamp();

    private bool IsValid(Entry entry)
    {
        var now = Now();
        var isValid = now < Volatile.Read(ref entry.Until);
        if (isValid && _slides)
        {
            Volatile.Write(ref entry.Until, now + _lifetime);
        }

        return isValid;
    }

    private async ValueTask<TValue?> ReadAsync(TKey key, Func<TKey, ValueTask<TValue?>> read)
    {
        var began = Now();
        var value = await read(key).ConfigureAwait(false);
        if (value is not null)
        {
            Put(key, value, began);
        }

        return value;
    }

    private void Put(TKey key, TValue value, long since)
    {
        var until = _lifetime == long.MaxValue ? long.MaxValue : since + _lifetime;
        var entry = new Entry(value, EntryBytes + (_sizeOf?.Invoke(key, value) ?? 0)) { Until = until };
        lock (_writing)
        {
            Drop(key);
            Add(key, entry);
        }
    }

    /// <summary>Finds an entry in the older generation and moves it to the recent one.</summary>
    private bool TryRenew(TKey key, [MaybeNullWhen(false)] out Entry entry)
    {
        if (!_older.TryGetValue(key, out entry))
        {
            return false;
        }

        lock (_writing)
        {
            // Another thread may have removed or moved the entry.
            if (_older.TryRemove(key, out var still))
            {
                _olderBytes -= still.Bytes;
                Add(key, still);
            }
        }

        return true;
    }

    private void Add(TKey key, Entry entry)
    {
        if (entry.Bytes > _mostBytes)
        {
            return;
        }

        if (_recentEntries >= _mostEntries || _recentBytes + entry.Bytes > _mostBytes || Now() - _recentSince >= _lifetime)
        {
            Rotate();
        }

        _recent[key] = entry;
        _recentEntries++;
        _recentBytes += entry.Bytes;
    }

    private void Rotate()
    {
        (_older, _olderBytes) = (_recent, _recentBytes);
        (_recent, _recentBytes, _recentEntries, _recentSince) = (New(), 0, 0, Now());
    }

    private void Drop(TKey key)
    {
        if (_recent.TryRemove(key, out var recent))
        {
            _recentEntries--;
            _recentBytes -= recent.Bytes;
        }

        if (_older.TryRemove(key, out var older))
        {
            _olderBytes -= older.Bytes;
        }
    }

    private sealed class Entry(TValue value, int bytes)
    {
        /// <summary>The timestamp of the clock from which on the entry is not valid.</summary>
        public long Until;

        public TValue Value { get; } = value;

        public int Bytes { get; } = bytes;
    }
}
