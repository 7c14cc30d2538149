using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Stops a read when it takes too long, or when its caller cancels it.</summary>
/// <param name="limit">How long the read may take.</param>
/// <param name="time">The clock of the limit.</param>
/// <param name="caller">The cancellation of the caller.</param>
internal sealed class ReadWatch(TimeSpan limit, TimeProvider time, CancellationToken caller)
{
    private readonly long _began = time.GetTimestamp();

    /// <summary>Whether the read must stop.</summary>
    public bool IsOver => caller.IsCancellationRequested || time.GetElapsedTime(_began) >= limit;

    /// <summary>Makes the exception of a stopped read.</summary>
    public Exception Reason()
    {
        if (caller.IsCancellationRequested)
        {
            return new OperationCanceledException(caller);
        }

        var most = limit.TotalSeconds;
        return new StoreException(
            StoreError.ReadTooLong,
            $"The query exceeded the limit of {most} s (setting Storage:ReadSeconds); ask for less, for example with a narrower $filter.");
    }

    /// <summary>Stops a statement when the read must stop.</summary>
    /// <param name="stop">Stops the statement. It runs on another thread, more than once if need be. Its exceptions are ignored, because
    /// the statement fails then too and tells the reason.</param>
    /// <returns>The alarm. Its disposal waits until <paramref name="stop"/> no longer runs.</returns>
    /// <exception cref="StoreException">The read must stop already; or <see cref="OperationCanceledException"/>.</exception>
    public IDisposable OnOver(Action stop) =>
        IsOver ? throw Reason() : new Alarm(limit - time.GetElapsedTime(_began), time, stop, caller);

    private sealed class Alarm : IDisposable
    {
        /// <summary>The pause before the next stop. A stop has no effect before a pooler has forwarded the statement.</summary>
        private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

        private readonly Lock _ringing = new();
        private readonly Action _stop;
        private readonly ITimer _timer;
        private readonly CancellationTokenRegistration _registration;
        private bool _isOff;

        public Alarm(TimeSpan left, TimeProvider time, Action stop, CancellationToken caller)
        {
            _stop = stop;
            _timer = time.CreateTimer(_ => Ring(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Again);
            _registration = caller.UnsafeRegister(_ => _timer.Change(TimeSpan.Zero, Again), null);
        }

        public void Dispose()
        {
            _registration.Dispose();
            _timer.Dispose();
            lock (_ringing)
            {
                _isOff = true;
            }
        }

        private void Ring()
        {
            lock (_ringing)
            {
                try
                {
                    if (!_isOff)
                    {
                        _stop();
                    }
                }
                catch (Exception)
                {
                    // The statement fails too.
                }
            }
        }
    }
}
