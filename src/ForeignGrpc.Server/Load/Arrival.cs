namespace ForeignGrpc.Server.Load;

/// <summary>A call that has come: it is authenticated, and worked for until its answer begins. A feature of the call.</summary>
internal sealed class Arrival
{
    private readonly Places _places;
    private readonly CallsAtWork _atWork;
    private bool _isAuthenticated;
    private bool _isAnswered;

    /// <param name="places">The places of calls that are being authenticated, of which it has one.</param>
    /// <param name="atWork">Where it counts until its answer begins.</param>
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

    /// <summary>It is known who calls: gives the place back, the first time.</summary>
    public void IsAuthenticated()
    {
        if (!_isAuthenticated)
        {
            _isAuthenticated = true;
            _places.Release();
        }
    }

    /// <summary>The call has ended, with an answer or without.</summary>
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
