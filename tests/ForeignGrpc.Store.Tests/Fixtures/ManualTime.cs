namespace ForeignGrpc.Store.Tests;

/// <summary>
/// A clock that stands still until it is moved. The threads that write read it for each change, and can be held up there.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly ManualResetEventSlim _mayWrite = new(initialState: true);
    private readonly SemaphoreSlim _waits = new(0);
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        if (!_mayWrite.IsSet && (Thread.CurrentThread.Name?.StartsWith("store writer", StringComparison.Ordinal) ?? false))
        {
            _waits.Release();
            _mayWrite.Wait();
        }

        return _now;
    }

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(TimeSpan by) => _now += by;

    /// <summary>Has writers wait from now on.</summary>
    public void HoldWriters() => _mayWrite.Reset();

    /// <summary>Returns when a writer waits.</summary>
    public Task WriterWaitsAsync() => _waits.WaitAsync();

    public void ReleaseWriters() => _mayWrite.Set();
}
