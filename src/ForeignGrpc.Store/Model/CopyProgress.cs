namespace ForeignGrpc.Store.Model;

/// <summary>How far a copy has come.</summary>
/// <param name="Step">What is being done, such as `keys` or `comparing keys`.</param>
/// <param name="Done">Rows that are done.</param>
/// <param name="Of">All rows of the step.</param>
public sealed record CopyProgress(string Step, long Done, long Of);
