namespace ForeignGrpc.Server.Upstream;

/// <summary>What is remembered of a credential that the upstream server has accepted. Does not have the credential.</summary>
/// <param name="principal">Whom the credential authenticates.</param>
/// <param name="since">The timestamp of the question that the upstream server answered.</param>
/// <param name="lifetime">How long the answer holds. The question is asked again when half of the time is over.</param>
/// <param name="time">The clock.</param>
internal sealed class AcceptedCredential(UpstreamPrincipal principal, long since, TimeSpan lifetime, TimeProvider time)
{
    /// <summary>The shortest time between two questions for a credential that is still valid.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _askAgainAt = since + TicksOf(lifetime / 2, time);

    public UpstreamPrincipal Principal => principal;

    /// <summary>Whether the answer still holds.</summary>
    public bool IsValid => time.GetElapsedTime(since) < lifetime;

    /// <summary>Whether it is time to ask again. True for one caller at a time.</summary>
    public bool TakeTurnToAsk()
    {
        var (now, due) = (time.GetTimestamp(), Volatile.Read(ref _askAgainAt));
        return now >= due && Interlocked.CompareExchange(ref _askAgainAt, now + TicksOf(Pause, time), due) == due;
    }

    private static long TicksOf(TimeSpan duration, TimeProvider time) => (long)(duration.TotalSeconds * time.TimestampFrequency);
}
