using Microsoft.Extensions.Options;

namespace ForeignGrpc.Server.Load;

/// <summary>
/// The answers that are large take turns: no more of them are made at once than there are half processors, so that small calls do not wait behind
/// them; and what they hold until their callers have read them counts as memory of bodies.
/// </summary>
internal sealed class LargeAnswers(BodyMemory memory, IOptions<LoadLimits> limits) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The answer of a call, which is empty yet.</summary>
    public LargeAnswer Of(HttpContext call) => new(call, _turns, memory, limits.Value.AnswerBytes);

    public void Dispose() => _turns.Dispose();
}
