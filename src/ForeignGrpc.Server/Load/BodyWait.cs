using System.IO.Pipelines;
using ForeignGrpc.Server.Failures;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Waits for the rest of a body or message, for a limited time, and for half a second only when the server stops meanwhile.
/// </summary>
internal sealed class BodyWait(PipeReader body, TimeSpan patience, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan WhenStopping = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Timer? _timer;
    private CancellationTokenRegistration _stop;
    private bool _isOver;

    /// <summary>Whether the body is waited for.</summary>
    public bool HasBegun => Volatile.Read(ref _timer) is not null;

    /// <summary>Makes the failure of a body that was given up; null when it was not.</summary>
    public Func<Failure>? GaveUp { get; private set; }

    /// <summary>Begins to wait, if it has not begun.</summary>
    public void Begin()
    {
        if (HasBegun)
        {
            return;
        }

        _timer = new Timer(static wait => ((BodyWait)wait!).GiveUp(), this, patience, Timeout.InfiniteTimeSpan);
        _stop = stopping.UnsafeRegister(static wait => ((BodyWait)wait!)._timer?.Change(WhenStopping, Timeout.InfiniteTimeSpan), this);
    }

    /// <summary>What was waited for has come.</summary>
    public void End()
    {
        _stop.Unregister();
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>The call has ended: nobody reads the body any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        End();
    }

    private void GiveUp()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                GaveUp = stopping.IsCancellationRequested ? Failure.Stopping : () => Failure.BodyTooSlow((int)patience.TotalSeconds);
                body.CancelPendingRead();
            }
        }
    }
}
