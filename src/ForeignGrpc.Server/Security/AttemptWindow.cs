namespace ForeignGrpc.Server.Security;

/// <summary>The passwords of a minute: how many were wrong, and how many are being checked.</summary>
/// <param name="began">When the minute began, by the clock's timestamp.</param>
internal sealed class AttemptWindow(long began)
{
    private readonly Lock _lock = new();
    private int _wrong;
    private int _inFlight;

    public long Began => began;

    /// <summary>How many there are.</summary>
    public int Attempts
    {
        get
        {
            lock (_lock)
            {
                return _wrong + _inFlight;
            }
        }
    }

    /// <summary>Whether some are still being checked, which may turn out to be right.</summary>
    public bool IsInFlight
    {
        get
        {
            lock (_lock)
            {
                return _inFlight > 0;
            }
        }
    }

    /// <summary>Counts one more unless there are so many.</summary>
    public bool TryBegin(int limit)
    {
        lock (_lock)
        {
            if (_wrong + _inFlight >= limit)
            {
                return false;
            }

            _inFlight++;
            return true;
        }
    }

    /// <summary>Counts one that has been checked, or was not, for another reason.</summary>
    public void End(bool isWrong)
    {
        lock (_lock)
        {
            _inFlight--;
            _wrong += isWrong ? 1 : 0;
        }
    }
}
