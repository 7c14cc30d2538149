namespace ForeignGrpc.Store.Model;

/// <summary>The progress of a copy, backup or restore.</summary>
/// <param name="Step">The name of the step, such as `keys` or `comparing keys`.</param>
/// <param name="Done">How much of the step is done, in rows or bytes.</param>
/// <param name="Of">The size of the step, in the same unit.</param>
public sealed record CopyProgress(string Step, long Done, long Of);
