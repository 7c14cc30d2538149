using Microsoft.Extensions.Time.Testing;

namespace ForeignGrpc.Store.Tests;

/// <summary>
/// A clock that stands still until it is moved. The threads that write read it for each change, and can be held up there.
/// </summary>
public sealed class ManualTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ManualResetEventSlim _mayWrite = new(initialState: true);
    private readonly SemaphoreSlim _waits = new(0);

    public override DateTimeOffset GetUtcNow()
    {
        if (!_mayWrite.IsSet && (Thread.CurrentThread.Name?.StartsWith("store writer", StringComparison.Ordinal) ?? false))
        {
            _waits.Release();
            _mayWrite.Wait();
        }

        return base.GetUtcNow();
    }

    /// <summary>Has writers wait from now on.</summary>
    public void HoldWriters() => _mayWrite.Reset();

    /// <summary>Returns when a writer waits.</summary>
    public Task WriterWaitsAsync() => _waits.WaitAsync();

    public void ReleaseWriters() => _mayWrite.Set();
}
