using ForeignGrpc.Server.Failures;
using ForeignGrpc.Store;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// Limits large responses. They take slots, fairly by caller, so that small calls do not wait for them. Their bytes count in
/// <see cref="BodyMemory"/> until the client has read them.
/// </summary>
internal sealed class LargeAnswers(BodyMemory memory, IOptions<LoadLimits> limits)
{
    /// <summary>About how many bytes a page of a list may have, 4 MiB by default. Every page has a row at least.</summary>
    public long PageBytes { get; } = Math.Min(4 * 1024 * 1024, limits.Value.AnswerBytes);

    /// <summary>Any number of responses may wait, because the number of calls is limited.</summary>
    private readonly FairTurns _turns = new(
        limits.Value.LargeAnswersAtOnce > 0 ? limits.Value.LargeAnswersAtOnce : Processors.Half, waitAtMost: int.MaxValue);

    /// <summary>Begins to count the response of a call. Once a call: a second count would wait for the slot of the first.</summary>
    public LargeAnswer Begin(ServerCallContext call) => new(call.GetHttpContext(), _turns, memory, limits.Value.AnswerBytes);

    /// <summary>Counts the rendered bytes of a response.</summary>
    /// <param name="call">The call.</param>
    /// <param name="rendered">The number of bytes rendered so far.</param>
    /// <exception cref="Failure">RESOURCE_EXHAUSTED: the response is larger than `Limits:AnswerBytes`.</exception>
    public void Count(HttpContext call, long rendered)
    {
        if (rendered > limits.Value.AnswerBytes)
        {
            throw Failure.TooLarge(limits.Value.AnswerBytes);
        }

        call.Features.Get<LargeAnswer>()?.Count(rendered);
    }
}
