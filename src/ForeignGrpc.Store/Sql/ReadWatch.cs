using System.Diagnostics;
using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Store.Sql;

/// <summary>Watches over a read under way, which is stopped when it has taken too long or when its caller has gone.</summary>
/// <param name="limit">How long the read may take.</param>
/// <param name="caller">Cancelled when nobody waits for the read any more.</param>
internal sealed class ReadWatch(TimeSpan limit, CancellationToken caller)
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Whether the read is to stop.</summary>
    public bool IsOver => caller.IsCancellationRequested || Stopwatch.GetElapsedTime(_began) >= limit;

    /// <summary>Why the read was stopped.</summary>
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

    /// <summary>Has a statement stopped when the read is to stop.</summary>
    /// <param name="stop">Stops the statement. It runs on another thread, perhaps more than once, and what it throws is left: whatever
    /// keeps it from stopping a statement ends the statement too, which tells why.</param>
    /// <returns>Disposing of it waits until <paramref name="stop"/> does not run any more.</returns>
    /// <exception cref="StoreException">The read is to stop already; or <see cref="OperationCanceledException"/>.</exception>
    public IDisposable OnOver(Action stop) => IsOver ? throw Reason() : new Alarm(limit - Stopwatch.GetElapsedTime(_began), stop, caller);

    private sealed class Alarm : IDisposable
    {
        /// <summary>What comes between two statements, or before a pooler has passed one on, stops nothing: so again.</summary>
        private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

        private readonly Lock _ringing = new();
        private readonly Action _stop;
        private readonly Timer _timer;
        private readonly CancellationTokenRegistration _registration;
        private bool _isOff;

        public Alarm(TimeSpan left, Action stop, CancellationToken caller)
        {
            _stop = stop;
            _timer = new Timer(_ => Ring(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Again);
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
                    // The statement tells.
                }
            }
        }
    }
}
