using ForeignGrpc.Store.Model;

namespace ForeignGrpc.Server.Operations;

/// <summary>An operator between a value and further values, such as `between`.</summary>
/// <param name="Types">The types of its operands.</param>
/// <param name="Least">The fewest values after the operator. Parentheses enclose the values if there may be several.</param>
/// <param name="Most">The most values after the operator.</param>
/// <param name="Meaning">Makes the condition of the value, the values after the operator, and the caller.</param>
/// <param name="TakesDays">Whether the values after the operator are literal days.</param>
internal sealed record ListOperator(
    ListTypes Types,
    int Least,
    int Most,
    Func<ListValue, IReadOnlyList<ListValue>, ListCaller, ListFilter> Meaning,
    bool TakesDays = false);
