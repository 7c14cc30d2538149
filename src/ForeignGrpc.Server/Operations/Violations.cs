using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// What is wrong with a request, all of it before anything is done. Fields are named by their path in the request message, and
/// descriptions go on from the name.
/// </summary>
internal abstract class Violations
{
    /// <summary>Those beyond are not told: who mends the first is told of the next.</summary>
    private const int MostTold = 10;

    private readonly List<Violation> _violations = [];

    /// <summary>Refuses the request if anything was wrong with it.</summary>
    /// <exception cref="Failure">INVALID_ARGUMENT, with a `google.rpc.BadRequest` that has the first ten violations.</exception>
    public void Done()
    {
        if (_violations.Count > 0)
        {
            throw Failure.InvalidArgument(_violations);
        }
    }

    protected void Refuse(string field, Text description)
    {
        if (_violations.Count < MostTold)
        {
            _violations.Add(new Violation(field, description));
        }
    }
}
