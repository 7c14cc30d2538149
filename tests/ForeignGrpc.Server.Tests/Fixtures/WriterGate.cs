namespace ForeignGrpc.Server.Tests;

/// <summary>
/// A clock that the store's writer reads for each change: while the gate is closed the writer waits, and so does every change behind.
/// </summary>
internal sealed class WriterGate : TimeProvider, IDisposable
{
    private readonly ManualResetEventSlim _gate = new(initialState: true);

    public void Close() => _gate.Reset();

    public void Open() => _gate.Set();

    public override DateTimeOffset GetUtcNow()
    {
        if (Thread.CurrentThread.Name == "store writer")
        {
            _gate.Wait();
        }

        return base.GetUtcNow();
    }

    public void Dispose() => _gate.Dispose();
}
