using ForeignGrpc.Server.Failures;
using ForeignGrpc.Server.Localization;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// Collects the violations of a request, before the operation does anything. Fields are named by their path in the request message.
/// </summary>
internal abstract class Violations
{
    /// <summary>The most violations in a response. The next request reports further ones.</summary>
    private const int MostTold = 10;

    private readonly List<Violation> _violations = [];

    /// <summary>Whether the request has violations so far.</summary>
    protected bool HasAny => _violations.Count > 0;

    /// <summary>Rejects the request if it has violations.</summary>
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
