using ForeignGrpc.Server.Failures;
using Google.Rpc;

namespace ForeignGrpc.Server.Operations;

/// <summary>
/// What is wrong with a request, all of it before anything is done. Fields are named by their path in the request message, and
/// descriptions go on from the name.
/// </summary>
internal abstract class Violations
{
    /// <summary>Those beyond are not told: who mends the first is told of the next.</summary>
    private const int MostTold = 10;

    private readonly BadRequest _violations = new();

    /// <summary>Refuses the request if anything was wrong with it.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with a `google.rpc.BadRequest` that has the first ten violations.</exception>
    public void Done()
    {
        if (_violations.FieldViolations.Count > 0)
        {
            throw Failure.InvalidArgument(_violations);
        }
    }

    protected void Refuse(string field, string description)
    {
        if (_violations.FieldViolations.Count < MostTold)
        {
            _violations.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = field, Description = description });
        }
    }
}
