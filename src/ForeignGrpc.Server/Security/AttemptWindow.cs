namespace ForeignGrpc.Server.Security;

/// <summary>Counts the password attempts of a minute: those with a wrong password, and those that are being checked.</summary>
/// <param name="began">The timestamp when the minute began.</param>
internal sealed class AttemptWindow(long began)
{
    private readonly Lock _lock = new();
    private int _wrong;
    private int _inFlight;

    public long Began => began;

    /// <summary>The number of attempts with a wrong password or without a result yet.</summary>
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

    /// <summary>Whether some attempts have no result yet. They may turn out to be correct.</summary>
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

    /// <summary>Begins an attempt; false if the limit is reached.</summary>
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

    /// <summary>Ends an attempt. An attempt that could not be checked does not count as wrong.</summary>
    public void End(bool isWrong)
    {
        lock (_lock)
        {
            _inFlight--;
            _wrong += isWrong ? 1 : 0;
        }
    }
}
