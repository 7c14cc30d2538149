namespace ForeignGrpc.Store.Postgres;

/// <summary>
/// An era ends when a worker meets a broken connection: the others have probably broken too, so the workers replace those of an earlier era
/// before they use them. Otherwise a save on an idle connection that broke long ago would fail in doubt. Thread-safe.
/// </summary>
internal sealed class ConnectionEra
{
    private int _current;

    /// <summary>The number of the current era.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Notes that a connection of the era broke. Ends the era if it is the current one.</summary>
    public void End(int era) => Interlocked.CompareExchange(ref _current, era + 1, era);
}
