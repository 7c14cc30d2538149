using ForeignGrpc.Store.Caching;

namespace ForeignGrpc.Store.Tests;

/// <summary>The one cache: bounded by entries, bytes and time, and kind to entries that are used.</summary>
public sealed class BoundedCacheTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void HoldsNoMoreEntries_AndKeepsTheUsedOne()
    {
        var cache = new BoundedCache<int, string>(entries: 100);
        cache.Set(-1, "used");
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(i, "flood");
            Assert.True(cache.TryGet(-1, out var used));
            Assert.Equal("used", used);
            Assert.InRange(cache.Count, 1, 100);
        }

        Assert.True(cache.TryGet(9_999, out _));
        Assert.False(cache.TryGet(0, out _));
    }

    [Fact]
    public void HoldsNoMoreBytes_HoweverLongTheKeys()
    {
        var cache = new BoundedCache<string, int>(entries: 100_000, bytes: 1_000_000, sizeOf: (key, _) => 2 * key.Length);
        cache.Set("used", 1);
        for (var i = 0; i < 2_000; i++)
        {
            cache.Set($"{i}".PadLeft(1 + (i % 40_000), 'x'), i);
            Assert.True(cache.TryGet("used", out _));
            Assert.InRange(cache.Bytes, 0, 1_000_000);
        }

        cache.Set(new string('y', 1_000_000), 1);
        Assert.False(cache.TryGet(new string('y', 1_000_000), out _));
        Assert.True(cache.TryGet("used", out _));
    }

    [Fact]
    public void EntryThatIsSetAgain_CountsOnce()
    {
        var cache = new BoundedCache<int, string>(entries: 10, bytes: 10_000, sizeOf: (_, value) => value.Length);
        cache.Set(1, "kept");
        var before = cache.Bytes;
        for (var i = 0; i < 1_000; i++)
        {
            cache.Set(2, new string('v', 100));
        }

        Assert.Equal(2, cache.Count);
        Assert.True(cache.TryGet(1, out _));
        cache.Remove(2);
        Assert.Equal(before, cache.Bytes);
        cache.Clear();
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EntryExpires_UnlessEachUseBeginsItsLifetimeAnew(bool slides)
    {
        var cache = new BoundedCache<int, string>(entries: 100, lifetime: TimeSpan.FromSeconds(60), slides: slides, time: _time);
        cache.Set(1, "used");
        cache.Set(2, "left");
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(40));
            Assert.Equal(slides || i == 0, cache.TryGet(1, out _));
            cache.Set(100 + i, "other");
        }

        Assert.False(cache.TryGet(2, out _));
        Assert.InRange(cache.Count, 1, 6);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(cache.TryGet(1, out _));
    }

    [Fact]
    public async Task ReadValue_IsRememberedFromWhenReadingBegan_AndNothingIsNot()
    {
        var cache = new BoundedCache<int, string>(entries: 100, lifetime: TimeSpan.FromSeconds(60), time: _time);
        var reads = 0;
        ValueTask<string?> Read(int key)
        {
            reads++;
            _time.Advance(TimeSpan.FromSeconds(50));
            return ValueTask.FromResult(key == 0 ? null : "value");
        }

        Assert.Null(await cache.GetOrReadAsync(0, Read));
        Assert.Null(await cache.GetOrReadAsync(0, Read));
        Assert.Equal((2, 0), (reads, cache.Count));
        Assert.Equal("value", await cache.GetOrReadAsync(1, Read));
        Assert.Equal("value", await cache.GetOrReadAsync(1, Read));
        Assert.Equal(3, reads);
        _time.Advance(TimeSpan.FromSeconds(10));
        await cache.GetOrReadAsync(1, Read);
        Assert.Equal(4, reads);
    }

    [Fact]
    public void Removal_TakesTheValueThatIsMeant()
    {
        var cache = new BoundedCache<string, string>(entries: 4, comparer: StringComparer.OrdinalIgnoreCase);
        Assert.Equal("a", cache.GetOrAdd("key", "a"));
        Assert.Equal("a", cache.GetOrAdd("KEY", "b"));
        cache.Remove("key", "b");
        Assert.True(cache.TryGet("key", out _));
        cache.Remove("key", "a");
        Assert.False(cache.TryGet("key", out _));
        cache.Set("key", "c");
        cache.Remove("Key");
        Assert.False(cache.TryGet("key", out _));
    }

    [Fact]
    public async Task ManyUsersAtOnce_NeverSeeWhatWasForgotten_AndTheCountsStayRight()
    {
        var cache = new BoundedCache<int, int>(entries: 64, bytes: 10_000, sizeOf: (_, _) => 1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(user => Task.Run(() =>
        {
            var random = new Random(user);
            for (var i = 0; i < 50_000; i++)
            {
                // Each user has keys of its own, beside which the others rotate the generations.
                var key = (random.Next(40) * 8) + user;
                cache.Set(key, i);
                if (cache.TryGet(key, out var value))
                {
                    Assert.Equal(i, value);
                }

                cache.Remove(key);
                Assert.False(cache.TryGet(key, out _));
                if (i % 2 == 0)
                {
                    cache.Set(key, i);
                }
            }
        })));

        Assert.InRange(cache.Count, 0, 64);
        Assert.Equal(cache.Count * 101, cache.Bytes);
        cache.Clear();
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }
}
