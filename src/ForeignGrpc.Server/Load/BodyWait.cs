using System.IO.Pipelines;
using ForeignGrpc.Server.Failures;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The time limit for the rest of a body or message. If the server stops during the wait, the limit becomes half a second.
/// </summary>
/// <param name="body">The reader whose pending read is cancelled when the time is over.</param>
/// <param name="patience">The time limit.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class BodyWait(PipeReader body, TimeSpan patience, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan WhenStopping = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private Timer? _timer;
    private CancellationTokenRegistration _stop;
    private bool _isOver;

    /// <summary>Whether a wait is in progress.</summary>
    public bool HasBegun => Volatile.Read(ref _timer) is not null;

    /// <summary>Creates the failure of a body that was not complete in time; null while there is time.</summary>
    public Func<Failure>? GaveUp { get; private set; }

    /// <summary>Begins the wait, unless it is in progress.</summary>
    public void Begin()
    {
        if (HasBegun)
        {
            return;
        }

        _timer = new Timer(static wait => ((BodyWait)wait!).GiveUp(), this, patience, Timeout.InfiniteTimeSpan);
        _stop = stopping.UnsafeRegister(static wait => ((BodyWait)wait!)._timer?.Change(WhenStopping, Timeout.InfiniteTimeSpan), this);
    }

    /// <summary>Ends the wait: the body or message is complete.</summary>
    public void End()
    {
        _stop.Unregister();
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>Ends the wait for good: the call has ended, and nothing reads the body any more.</summary>
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
