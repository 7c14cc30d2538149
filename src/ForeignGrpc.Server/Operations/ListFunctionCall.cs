using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>A function of restriction expressions.</summary>
/// <param name="Count">The number of its arguments, which are texts.</param>
/// <param name="IgnoresCase">Whether the function ignores case if an argument is compared without case.</param>
/// <param name="Make">Makes the term of the arguments.</param>
internal sealed record ListFunctionCall(int Count, bool IgnoresCase, Func<ListFilterTokens.Token, IReadOnlyList<ListValue>, ListTerm> Make);
