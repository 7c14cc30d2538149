using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>A function of restriction expressions.</summary>
/// <param name="Count">How many texts it takes.</param>
/// <param name="IgnoresCase">Whether it compares what compares without case so.</param>
/// <param name="Make">What it makes of the texts.</param>
internal sealed record ListFunctionCall(int Count, bool IgnoresCase, Func<ListFilterTokens.Token, IReadOnlyList<ListValue>, ListTerm> Make);
