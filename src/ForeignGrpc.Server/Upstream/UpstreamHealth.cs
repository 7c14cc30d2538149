namespace ForeignGrpc.Server.Upstream;

/// <summary>Logs one line when the upstream server cannot be reached any more, and one when it can be reached again.</summary>
internal sealed partial class UpstreamHealth(UpstreamClient upstream, TimeProvider time, ILogger<UpstreamHealth> logger)
{
    /// <summary>How long no connection may have failed before the upstream server counts as reachable again.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile bool _isAway;
    private long _failed;
    private long? _noAnswer;

    /// <summary>Notes that the upstream server could not be reached.</summary>
    /// <param name="cause">What the operating system or the network said.</param>
    public void NoteFailure(string cause)
    {
        lock (_lock)
        {
            _failed = time.GetTimestamp();
            if (_isAway)
            {
                return;
            }

            _isAway = true;
        }

        LogAway(upstream.Root, cause);
    }

    /// <summary>Notes that the upstream server has responded.</summary>
    public void NoteResponse()
    {
        if (!_isAway)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isAway || time.GetElapsedTime(_failed) < Calm)
            {
                return;
            }

            _isAway = false;
        }

        LogBack(upstream.Root);
    }

    /// <summary>Notes that the upstream server did not say whether a credential is valid. Logs it once a minute.</summary>
    /// <param name="cause">What was wrong.</param>
    public void NoteNoAnswer(string cause)
    {
        lock (_lock)
        {
            if (_noAnswer is { } last && time.GetElapsedTime(last) < Pause)
            {
                return;
            }

            _noAnswer = time.GetTimestamp();
        }

        LogNoAnswer(upstream.Root, cause);
    }

    [LoggerMessage(5001, LogLevel.Warning, "The upstream server {Upstream} cannot be reached: {Cause}")]
    private partial void LogAway(string upstream, string cause);

    [LoggerMessage(5002, LogLevel.Information, "The upstream server {Upstream} can be reached again.")]
    private partial void LogBack(string upstream);

    [LoggerMessage(5003, LogLevel.Warning, "The upstream server {Upstream} could not check a credential: {Cause}")]
    private partial void LogNoAnswer(string upstream, string cause);
}
