using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The answers that are large take turns, so that small calls do not wait behind them, nor one caller's behind all of another's; and what
/// they hold until their callers have read them counts as memory of bodies.
/// </summary>
internal sealed class LargeAnswers(BodyMemory memory, IOptions<LoadLimits> limits)
{
    /// <summary>Any number may wait: that of calls is limited.</summary>
    private readonly FairTurns _turns = new(
        limits.Value.LargeAnswersAtOnce > 0
            ? limits.Value.LargeAnswersAtOnce
            : Math.Max(1, Environment.ProcessorCount / 2), waitAtMost: int.MaxValue);

    /// <summary>The answer of a call, which is empty yet.</summary>
    public LargeAnswer Of(ServerCallContext call) => new(call.GetHttpContext(), _turns, memory, limits.Value.AnswerBytes);

    /// <summary>Counts the bytes of an answer that are rendered.</summary>
    /// <param name="call">The call.</param>
    /// <param name="rendered">How many bytes there are by now.</param>
    /// <exception cref="Failure">RESOURCE_EXHAUSTED: no answer may be that large.</exception>
    public void Count(HttpContext call, long rendered)
    {
        if (rendered > limits.Value.AnswerBytes)
        {
            throw Failure.TooLarge(limits.Value.AnswerBytes);
        }

        call.Features.Get<LargeAnswer>()?.Count(rendered);
    }
}
