using System.Collections.Concurrent;

namespace ForeignGrpc.Server.Security;

/// <summary>
/// Remembers what was read for a quarter of a second, so that calls that follow each other closely need not read it again. Whoever
/// makes a change that must hold at once awaits <see cref="ForgottenEverywhereAsync"/> before saying that it is made: then no server, of however
/// many, still goes by what was before.
/// </summary>
/// <param name="read">Reads the value of a key.</param>
internal sealed class Leased<T>(Func<string, ValueTask<T>> read)
{
    private const int RememberAtMost = 10_000;

    /// <summary>Servers count time in steps of up to this.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, (T Value, long Until)> _values = new();

    /// <summary>How old what is remembered may become.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until no server remembers what was before now.</summary>
    public static Task ForgottenEverywhereAsync() => Task.Delay(Duration + ClockStep);

    /// <summary>The value of a key as it was at most <see cref="Duration"/> ago.</summary>
    public async ValueTask<T> FindAsync(string key)
    {
        var now = Environment.TickCount64;
        if (_values.TryGetValue(key, out var known) && now < known.Until)
        {
            return known.Value;
        }

        var value = await read(key);
        if (_values.Count >= RememberAtMost)
        {
            _values.Clear();
        }

        _values[key] = (value, now + (long)Duration.TotalMilliseconds);
        return value;
    }

    /// <summary>Forgets all, after a change that this server made.</summary>
    public void Forget() => _values.Clear();
}
