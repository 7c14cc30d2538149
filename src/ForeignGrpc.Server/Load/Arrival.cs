namespace ForeignGrpc.Server.Load;

/// <summary>
/// The start of a call: the call takes a place until it is authenticated, and counts as work until its response starts. A feature of the
/// call.
/// </summary>
internal sealed class Arrival
{
    private readonly Places _places;
    private readonly CallsAtWork _atWork;
    private bool _isAuthenticated;
    private bool _isAnswered;

    /// <param name="call">The call.</param>
    /// <param name="places">The places of calls that are being authenticated. The call has one of them.</param>
    /// <param name="atWork">Counts the call until its response starts.</param>
    public Arrival(HttpContext call, Places places, CallsAtWork atWork)
    {
        (_places, _atWork) = (places, atWork);
        atWork.Begin();
        call.Response.OnStarting(
            static arrival =>
            {
                ((Arrival)arrival).AnswerBegins();
                return Task.CompletedTask;
            },
            this);
    }

    /// <summary>Releases the place when the call is authenticated. Further calls of this method have no effect.</summary>
    public void IsAuthenticated()
    {
        if (!_isAuthenticated)
        {
            _isAuthenticated = true;
            _places.Release();
        }
    }

    /// <summary>Ends the call, with or without a response.</summary>
    public void HasEnded()
    {
        IsAuthenticated();
        AnswerBegins();
    }

    private void AnswerBegins()
    {
        if (!Interlocked.Exchange(ref _isAnswered, true))
        {
            _atWork.End();
        }
    }
}
