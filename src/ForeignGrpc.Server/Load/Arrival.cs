namespace ForeignGrpc.Server.Load;

/// <summary>The place of a call that is being authenticated; a feature of the call.</summary>
internal sealed class Arrival(Places places)
{
    private bool _hasEnded;

    /// <summary>Gives the place back, the first time.</summary>
    public void End()
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            places.Release();
        }
    }
}
